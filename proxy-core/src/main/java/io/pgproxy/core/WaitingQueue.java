package io.pgproxy.core;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The sessions of one listener on one loop that wait for a table with a candidate, in the order of their coming.
 * Confined to the loop.
 */
final class WaitingQueue {
    private final Set<BackendSearch> waiting = new LinkedHashSet<>();

    void add(BackendSearch search) {
        waiting.add(search);
    }

    void remove(BackendSearch search) {
        waiting.remove(search);
    }

    boolean isWaitedIn() {
        return !waiting.isEmpty();
    }

    /** Lets up to {@code most} sessions look again, the longest waiting first. */
    void release(int most) {
        for (int i = 0; i < most && !waiting.isEmpty(); i++) {
            Iterator<BackendSearch> first = waiting.iterator();
            BackendSearch next = first.next();
            first.remove();
            next.released();
        }
    }
}
