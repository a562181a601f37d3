package io.pgproxy.vip.kernel;

import io.pgproxy.vip.VipAddress;
import io.pgproxy.vip.kernel.Sighting.Claim;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of others who say that they have one of the addresses. Told less often than they say it: who floods the network
 * must not fill the queue of whoever decides. Safe from any thread.
 */
final class ConflictWatch implements Sighting.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(ConflictWatch.class);

    /** A fraction of the silence that is wanted after a probe. */
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final VipAddress.Listener listener;
    private String lastMac = "somebody";
    private long nextNanos = System.nanoTime();

    ConflictWatch(VipAddress.Listener listener) {
        this.listener = listener;
    }

    @Override
    public synchronized void seen(Sighting sighting) {
        lastMac = sighting.mac().toString();
        if (sighting.claim() == Claim.HAS_IT) {
            tell(sighting.readNanos());
        } else {
            LOG.debug("{} asks who has {}", lastMac, sighting.address().getHostAddress());
        }
    }

    /** Where packets about the addresses went by unread nobody can say that nobody has them. */
    @Override
    public synchronized void missed(long packets, long readNanos) {
        tell(readNanos);
    }

    private void tell(long readNanos) {
        if (readNanos - nextNanos >= 0) {
            nextNanos = readNanos + INTERVAL_NANOS;
            listener.conflict(lastMac);
        }
    }
}
