package io.pgproxy.vip.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event;
import io.pgproxy.etcd.EtcdClient;
import io.pgproxy.etcd.KeyRange;
import io.pgproxy.etcd.Watch;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Tells when the election key has moved. Only a hint: whoever hears it reads. What was missed between two watches is
 * nobody's loss, since every new watch is told as a move too. Confined to the event loop.
 */
final class KeyWatch implements Watch.Listener {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final EtcdClient client;
    private final List<KeyRange> keys;
    private final Runnable keyMoved;

    /** @param keyMoved told that the key may have moved */
    KeyWatch(EtcdClient client, ByteString key, Runnable keyMoved) {
        this.client = client;
        this.keys = List.of(KeyRange.of(key));
        this.keyMoved = keyMoved;
    }

    void begin() {
        client.watch(keys, 0, this);
    }

    @Override
    public void made() {
        keyMoved.run();
    }

    @Override
    public void changed(List<Event> events) {
        keyMoved.run();
    }

    @Override
    public void broke(String why) {
        client.loop().schedule(this::begin, PAUSE_NANOS, TimeUnit.NANOSECONDS);
    }
}
