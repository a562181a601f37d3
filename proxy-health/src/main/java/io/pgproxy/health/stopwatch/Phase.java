package io.pgproxy.health.stopwatch;

/**
 * What may happen while the primary changes, in its usual order. None has to, and none has to come where it stands:
 * etcd may be faster or slower than the checks, and clients may notice before both.
 */
public enum Phase {
    /** Patroni's key {@code failover} says that a change is to come. */
    ANNOUNCED("announced"),
    /** The old primary is offered to new sessions no more. */
    LOST("lost"),
    /** The first session waits. */
    PARKED("parked"),
    /** etcd's leader key names another node. */
    NEW_LEADER_KEY("new_leader_key"),
    /** A node has proven that it is the primary, and new sessions are sent there. */
    VERIFIED("verified"),
    /** The first session has an answer of the new primary's, which its client is sent at this moment. */
    FIRST_BYTE("first_byte");

    private final String label;

    Phase(String label) {
        this.label = label;
    }

    /** Its name in metrics and JSON. */
    public String label() {
        return label;
    }
}
