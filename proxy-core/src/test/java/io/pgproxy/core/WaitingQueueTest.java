package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** The order of a release is ParkingTest's; here is who is in the queue at all. */
final class WaitingQueueTest {
    private final OneLoop one = new OneLoop();
    private final WaitingQueue queue = new WaitingQueue();
    private final BackendSearch search = search();

    private BackendSearch search() {
        EmbeddedChannel channel = new EmbeddedChannel();
        Client client = Client.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000));
        Opening opening = new Opening(channel, client, false, one.listener, one.loop);
        return new BackendSearch(opening, channel.eventLoop(), one.listener, one.loop);
    }

    @Test
    void isNotWaitedInAtFirst() {
        assertThat(queue.isWaitedIn()).isFalse();
    }

    @Test
    void isWaitedInByWhoWasAdded() {
        queue.add(search);
        assertThat(queue.isWaitedIn()).isTrue();
    }

    @Test
    void isLeftByWhoIsRemoved() {
        queue.add(search);
        queue.remove(search);
        assertThat(queue.isWaitedIn()).isFalse();
    }

    @Test
    void releasesNoMoreThanAsked() {
        queue.add(search);
        queue.add(search());
        queue.release(1);
        assertThat(queue.isWaitedIn()).isTrue();
    }
}
