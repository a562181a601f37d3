package io.pgproxy.core;

import io.pgproxy.config.ListenerConfig.Route;

/**
 * What sessions notice about a backend before any check does. The relay loops call it; implementations must be safe
 * from any thread and must not block.
 */
public interface BackendEvents {
    /**
     * A connect was refused or timed out, or nobody answered the first packet.
     *
     * @param node the node's configured name
     * @param reason what was tried and what came of it
     */
    void connectFailed(String node, String reason);

    /** The backend ended an established session that its client had not ended, or one that it had not answered. */
    void backendClosed(String node);

    /**
     * A new session begins to wait for a backend. Who asks only about nodes has no use for it.
     *
     * @param route what it waits for
     * @param nowNanos the monotonic time
     */
    default void sessionParked(Route route, long nowNanos) {}

    /**
     * A backend has answered a new session, and its client is sent that now; once or twice a session, never while it is
     * relayed. Who asks only about nodes has no use for it.
     *
     * @param nowNanos the monotonic time
     */
    default void sessionAnswered(Candidate candidate, long nowNanos) {}
}
