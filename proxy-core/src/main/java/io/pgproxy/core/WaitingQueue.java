package io.pgproxy.core;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The sessions of one listener on one loop that wait for a table with a candidate, in the order of their coming.
 * Confined to the loop.
 */
final class WaitingQueue {
    private final Set<Opening> waiting = new LinkedHashSet<>();

    void add(Opening opening) {
        waiting.add(opening);
    }

    void remove(Opening opening) {
        waiting.remove(opening);
    }

    boolean isWaitedIn() {
        return !waiting.isEmpty();
    }

    /** Lets up to {@code most} sessions look again, the longest waiting first. */
    void release(int most) {
        for (int i = 0; i < most && !waiting.isEmpty(); i++) {
            Iterator<Opening> first = waiting.iterator();
            Opening next = first.next();
            first.remove();
            next.released();
        }
    }
}
