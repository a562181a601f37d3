package io.pgproxy.status;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sessions as of one instant, with their clients' addresses, and so for those only who come over the Unix socket.
 * Immutable.
 *
 * @param sessions the oldest first; some of them, if there are more than were asked for
 * @param count how many there are
 * @param silentLoops how many relay loops had no time to tell of theirs, which may be missing
 */
public record SessionsReport(List<Session> sessions, int count, int silentLoops) {
    public SessionsReport {
        sessions = List.copyOf(sessions);
    }

    /**
     * One of them.
     *
     * @param client address and port; by the PROXY header, if a trusted one came
     * @param via who sent that header, address and port; null without one
     * @param node null while it waits for one
     * @param backendPort our own port of the connection to the node, which PostgreSQL shows as the client's; null where
     *     there is none
     * @param ageSeconds since its connection was accepted
     * @param bytesIn relayed from the client
     * @param bytesOut relayed from the backend
     */
    public record Session(
            String client,
            @Nullable String via,
            String listener,
            @Nullable String node,
            @Nullable Integer backendPort,
            double ageSeconds,
            long bytesIn,
            long bytesOut) {}
}
