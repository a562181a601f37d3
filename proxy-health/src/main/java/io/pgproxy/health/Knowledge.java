package io.pgproxy.health;

import io.pgproxy.health.decide.Outlook;
import java.net.InetAddress;
import java.util.Map;

/**
 * What the control thread knows at one instant, in one piece, for the threads that only look. Immutable.
 *
 * @param quick whether nodes are asked every {@code fast-interval}
 * @param addresses by node, as resolved last
 */
record Knowledge(Outlook outlook, boolean quick, Map<String, InetAddress> addresses) {
    Knowledge {
        addresses = Map.copyOf(addresses);
    }
}
