package io.pgproxy.core;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The sessions of one listener on one loop that wait, in the order of their coming. Who waits for a table with a
 * candidate, or for its turn under one, comes before every newcomer. Who has tried all candidates and waits to try them
 * again keeps nobody waiting. Confined to the loop.
 */
final class WaitingQueue {
    /** Those who have had their turn and got nowhere by it. */
    private final Set<BackendSearch> ahead = new LinkedHashSet<>();

    private final Set<BackendSearch> waiting = new LinkedHashSet<>();
    private final Set<BackendSearch> toRetry = new LinkedHashSet<>();
    /** Those to retry whose time has come. */
    private final Set<BackendSearch> retrying = new LinkedHashSet<>();

    void add(BackendSearch search) {
        waiting.add(search);
    }

    /** Before all who wait, behind those who were added so before. */
    void addFirst(BackendSearch search) {
        ahead.add(search);
    }

    void addToRetry(BackendSearch search) {
        toRetry.add(search);
    }

    void remove(BackendSearch search) {
        ahead.remove(search);
        waiting.remove(search);
        toRetry.remove(search);
        retrying.remove(search);
    }

    /** Whether that one waits for a table with a candidate, or for its turn under one. */
    boolean awaitsTurn(BackendSearch search) {
        return ahead.contains(search) || waiting.contains(search);
    }

    /** Whether a newcomer has to queue up. */
    boolean isWaitedIn() {
        return !ahead.isEmpty() || !waiting.isEmpty();
    }

    /** Whether there is anybody to release. */
    boolean hasMore() {
        return isWaitedIn() || !retrying.isEmpty();
    }

    /** Those who wait to try again may. */
    void retry() {
        retrying.addAll(toRetry);
        toRetry.clear();
    }

    /** Under a new table all wait for the same thing. */
    void onTable() {
        retry();
        waiting.addAll(retrying);
        retrying.clear();
    }

    /**
     * Lets up to {@code most} sessions look again, the longest waiting first, and says how many they were. Each looks
     * once: a newer table than ours may have nobody any more, and whoever looks then queues up again.
     */
    int release(int most) {
        int atMost = Math.min(most, ahead.size() + waiting.size() + retrying.size());
        int released = 0;
        while (released < atMost && hasMore()) {
            Iterator<BackendSearch> first = firstOnes().iterator();
            BackendSearch next = first.next();
            first.remove();
            released++;
            next.released();
        }
        return released;
    }

    private Set<BackendSearch> firstOnes() {
        if (!ahead.isEmpty()) {
            return ahead;
        }
        return waiting.isEmpty() ? retrying : waiting;
    }
}
