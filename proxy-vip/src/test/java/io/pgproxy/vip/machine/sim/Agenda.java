package io.pgproxy.vip.machine.sim;

import java.util.Comparator;
import java.util.PriorityQueue;

/** True time, and what is to happen when. What is due at the same instant happens in the order in which it was set. */
final class Agenda {
    private static final Comparator<Entry> BY_TIME =
            Comparator.comparingLong(Entry::whenNanos).thenComparingLong(Entry::order);

    private final PriorityQueue<Entry> entries = new PriorityQueue<>(256, BY_TIME);
    private long nowNanos;
    private long order;

    private record Entry(long whenNanos, long order, Runnable what) {}

    long nowNanos() {
        return nowNanos;
    }

    /** At that time, or now if it has passed. */
    void at(long whenNanos, Runnable what) {
        entries.add(new Entry(Math.max(whenNanos, nowNanos), order++, what));
    }

    void in(long delayNanos, Runnable what) {
        at(nowNanos + delayNanos, what);
    }

    void runUntil(long endNanos) {
        for (Entry next = entries.peek(); next != null && next.whenNanos() <= endNanos; next = entries.peek()) {
            entries.remove();
            nowNanos = next.whenNanos();
            next.what().run();
        }
        nowNanos = endNanos;
    }
}
