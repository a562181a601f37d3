package io.pgproxy.core;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where the sessions of one listener are. A cancel request looks here: a session may live on a node that gets no new
 * ones. Safe from any thread.
 */
final class LiveBackends {
    private final Map<InetSocketAddress, Integer> sessions = new ConcurrentHashMap<>();

    void add(InetSocketAddress address) {
        sessions.merge(address, 1, Integer::sum);
    }

    void remove(InetSocketAddress address) {
        sessions.computeIfPresent(address, (same, count) -> count == 1 ? null : count - 1);
    }

    /** Everywhere where there are sessions, and where there will be. */
    Collection<InetSocketAddress> and(List<Candidate> candidates) {
        Set<InetSocketAddress> all = new HashSet<>(sessions.keySet());
        candidates.forEach(candidate -> all.add(candidate.address()));
        return all;
    }
}
