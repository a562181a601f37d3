package io.pgproxy.vip.kernel;

import io.pgproxy.vip.kernel.wire.MacAddress;
import java.net.InetAddress;

/**
 * That another host spoke of one of our addresses. Immutable.
 *
 * @param mac whose word it is
 * @param readNanos when we read it, by {@link System#nanoTime()}; it was said before
 */
public record Sighting(Claim claim, InetAddress address, MacAddress mac, long readNanos) {
    public enum Claim {
        /** It says that it has the address. */
        HAS_IT,
        /** It asks whether anybody has the address, as somebody does who is about to take it. */
        ASKS_FOR_IT
    }

    /** Told on the thread that reads, one after the other for each socket. */
    public interface Listener {
        void seen(Sighting sighting);

        /** So many packets, at least, went by unread because too many came at once: silence proves nothing here. */
        void missed(long packets, long readNanos);
    }
}
