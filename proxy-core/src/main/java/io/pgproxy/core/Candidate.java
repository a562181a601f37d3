package io.pgproxy.core;

import java.net.InetSocketAddress;
import java.util.OptionalLong;

/**
 * A node that a new session of some listener may go to. Immutable.
 *
 * @param node the node's configured name
 * @param address where its PostgreSQL listens, resolved
 * @param role what the session would use it as
 * @param tier 0 is tried first, higher ones only when no lower one is left; balancing happens within a tier
 * @param weight its share of sessions beside the other candidates' weights, 1 to 1000
 * @param eligibleSinceNanos the monotonic time at which it became one of this listener's candidates, for its slow
 *     start; empty if there is no reason to be gentle, because it has been one all along or nobody else was
 */
public record Candidate(
        String node, InetSocketAddress address, Role role, int tier, int weight, OptionalLong eligibleSinceNanos) {
    /** A candidate like most others, without a slow start. */
    public Candidate(String node, InetSocketAddress address, Role role, int tier, int weight) {
        this(node, address, role, tier, weight, OptionalLong.empty());
    }
}
