package io.pgproxy.health.store;

import java.util.concurrent.TimeUnit;

/** How long to wait before the next try: twice as long after each failure in a row. Confined to one thread. */
final class Pauses {
    static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    /** Whoever comes back is heard of soon, and a failure that lasts asks little of anybody. */
    static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(2);

    private long nextNanos = FIRST_NANOS;

    /** After one more failure. */
    long next() {
        long pauseNanos = nextNanos;
        nextNanos = Math.min(2 * nextNanos, LONGEST_NANOS);
        return pauseNanos;
    }

    /** It has worked. */
    void over() {
        nextNanos = FIRST_NANOS;
    }
}
