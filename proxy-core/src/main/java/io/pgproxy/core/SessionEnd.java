package io.pgproxy.core;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a client's connection went: what the log says of each, in one form, however far it came. Immutable.
 *
 * @param node where it was, or {@link #NOWHERE}
 * @param ageNanos since it was accepted
 * @param bytesIn relayed from the client
 * @param bytesOut relayed from the backend
 * @param why more than the reason says, safe to print; empty if there is no more
 */
record SessionEnd(
        Client client, String node, long ageNanos, long bytesIn, long bytesOut, CloseReason reason, String why) {
    static final String NOWHERE = "no node";

    private static final Logger LOG = LoggerFactory.getLogger(SessionEnd.class);

    /** Of a connection that was refused as soon as it was accepted. */
    static SessionEnd atTheDoor(Client client, Refused refused) {
        return new SessionEnd(client, NOWHERE, 0, 0, 0, refused.reason(), refused.text());
    }

    void log(String listener) {
        if (LOG.isEnabledForLevel(reason.level())) {
            LOG.atLevel(reason.level())
                    .log(
                            "listener {}: {} on {} ended after {} ms, {} bytes in, {} out: {}{}",
                            listener,
                            client,
                            node,
                            TimeUnit.NANOSECONDS.toMillis(ageNanos),
                            bytesIn,
                            bytesOut,
                            reason.label(),
                            why.isEmpty() ? "" : ", " + why);
        }
    }
}
