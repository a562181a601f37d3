package io.pgproxy.vip.peer;

import static java.util.concurrent.TimeUnit.SECONDS;

/** So many in a row after a pause, and then so many a second. Pure; confined to one thread. */
final class Allowance {
    private final int burst;
    private final long eachNanos;
    /** When all that was taken will have been allowed. */
    private long usedUntilNanos;

    private boolean used;

    /** What waits in the kernel after we stood still comes at once, so a pause saves up for two seconds. */
    static Allowance perSecond(int perSecond) {
        return new Allowance(perSecond, 2 * perSecond);
    }

    Allowance(int perSecond, int burst) {
        this.burst = burst;
        eachNanos = SECONDS.toNanos(1) / perSecond;
    }

    /** Whether there is one more; takes it. */
    boolean take(long nowNanos) {
        if (!used || usedUntilNanos - nowNanos < 0) {
            used = true;
            usedUntilNanos = nowNanos;
        }
        if (usedUntilNanos - nowNanos > (burst - 1) * eachNanos) {
            return false;
        }
        usedUntilNanos += eachNanos;
        return true;
    }
}
