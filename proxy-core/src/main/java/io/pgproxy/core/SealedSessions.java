package io.pgproxy.core;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The encrypted sessions of one listener by their clients. A cancel request that comes encrypted too cannot be read and
 * cannot be told from a new session; but it comes from where its session comes from, and that session waits. Safe from
 * any thread.
 */
final class SealedSessions {
    /** Who has more is a pool, whose sessions are everywhere anyway; each connection costs a look at all of them. */
    static final int MAX_OF_ONE_CLIENT = 100;

    private final Map<Source, Set<SealedSession>> sessions = new ConcurrentHashMap<>();

    void add(Source client, SealedSession session) {
        sessions.compute(client, (same, theirs) -> {
            Set<SealedSession> all = theirs == null ? ConcurrentHashMap.newKeySet() : theirs;
            all.add(session);
            return all;
        });
    }

    void remove(Source client, SealedSession session) {
        sessions.computeIfPresent(client, (same, theirs) -> {
            theirs.remove(session);
            return theirs.isEmpty() ? null : theirs;
        });
    }

    /** Where the next encrypted connection of that client belongs, if it is a cancel; empty if nobody can tell. */
    Set<InetSocketAddress> drawing(Source client, long nowNanos) {
        return of(client).stream()
                .filter(session -> session.draws(nowNanos))
                .map(SealedSession::backend)
                .collect(Collectors.toSet());
    }

    /** An encrypted connection of that client has gone there. */
    void drawn(Source client, InetSocketAddress backend, long nowNanos) {
        of(client).stream()
                .filter(session -> session.backend().equals(backend) && session.draws(nowNanos))
                .findAny()
                .ifPresent(SealedSession::drew);
    }

    private Collection<SealedSession> of(Source client) {
        Set<SealedSession> theirs = sessions.get(client);
        return theirs == null || theirs.size() > MAX_OF_ONE_CLIENT ? List.of() : theirs;
    }

    /** How many clients have any. */
    int clients() {
        return sessions.size();
    }
}
