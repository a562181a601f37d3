package io.pgproxy.core;

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
}
