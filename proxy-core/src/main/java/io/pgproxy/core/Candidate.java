package io.pgproxy.core;

import java.net.InetSocketAddress;

/**
 * A node that a new session of some listener may go to. Immutable.
 *
 * @param node the node's configured name
 * @param address where its PostgreSQL listens, resolved
 * @param role what the session would use it as
 * @param tier 0 is tried first, higher ones only when no lower one is left; balancing happens within a tier
 */
public record Candidate(String node, InetSocketAddress address, Role role, int tier) {}
