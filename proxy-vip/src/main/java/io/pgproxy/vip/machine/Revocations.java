package io.pgproxy.vip.machine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Leases that are to be given back, asked for until etcd confirms it. */
final class Revocations {
    /** Enough for minutes of failing; what is dropped expires by itself, since nobody renews it. */
    private static final int MAX = 32;

    private final Deque<Long> leases = new ArrayDeque<>();
    private long nextNanos = Authority.NEVER;

    void add(long lease) {
        if (lease != 0 && !leases.contains(lease)) {
            leases.addLast(lease);
            nextNanos = Authority.NEVER;
        }
        if (leases.size() > MAX) {
            leases.removeFirst();
        }
    }

    void confirmed(long lease) {
        leases.remove(lease);
    }

    /** The leases whose revocation is to be asked for now. */
    List<Long> due(long nowNanos, long everyNanos) {
        if (leases.isEmpty() || nowNanos < nextNanos) {
            return List.of();
        }
        nextNanos = nowNanos + everyNanos;
        return new ArrayList<>(leases);
    }

    boolean isEmpty() {
        return leases.isEmpty();
    }

    long nextNanos() {
        return leases.isEmpty() ? Long.MAX_VALUE : nextNanos;
    }
}
