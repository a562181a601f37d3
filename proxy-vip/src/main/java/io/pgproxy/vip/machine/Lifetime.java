package io.pgproxy.vip.machine;

import java.util.concurrent.TimeUnit;

/**
 * How long the kernel keeps the address on its own (rule 8). It counts in whole seconds, and may be late when it takes
 * an address off; so what it is told is always less than the authority.
 */
class Lifetime {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final long kernelLateNanos;
    private final long touchNanos;
    private long untilNanos = Authority.NEVER;
    private long touchedForNanos = Authority.NEVER;
    private long nextTouchNanos = Long.MAX_VALUE;

    Lifetime(Timings timings) {
        kernelLateNanos = timings.kernelLateNanos();
        touchNanos = timings.touchNanos();
    }

    /** Whole seconds that the kernel may be told; less than 1 if none. */
    int seconds(long deadlineNanos, long nowNanos) {
        long left = deadlineNanos - nowNanos - kernelLateNanos;
        return left < 0 ? 0 : (int) Math.min(left / SECOND, Integer.MAX_VALUE);
    }

    /** Whether a touch for that deadline would have the kernel keep the address longer, at a moment when it is due. */
    boolean isDue(long deadlineNanos, long nowNanos) {
        int seconds = seconds(deadlineNanos, nowNanos);
        return seconds >= 1
                && nowNanos + seconds * SECOND > untilNanos
                && (deadlineNanos > touchedForNanos || nowNanos >= nextTouchNanos || !isSurelyUp(nowNanos));
    }

    /**
     * Until when such a touch of an address that is surely up does no harm, however late it acts: after it the kernel
     * might have dropped the address, or would keep it for too long. Never sooner than for one that raises it, and
     * 0.2 s later or more while renewals come in time, so that no holder is killed for a machine that is busy.
     */
    long renewableUntilNanos(long deadlineNanos, int seconds) {
        return Math.min(untilNanos(), deadlineNanos - kernelLateNanos + touchNanos - seconds * SECOND);
    }

    /** The kernel took the touch that was decided at that time. */
    void touched(long deadlineNanos, int seconds, long decidedNanos) {
        untilNanos = decidedNanos + seconds * SECOND;
        touchedForNanos = deadlineNanos;
        // The nearer to the moment at which the whole seconds become one fewer, the more a touch gains, and the sooner
        // its fuse burns.
        long latest = deadlineNanos - kernelLateNanos - seconds * SECOND - Timings.UNHURRIED_NANOS;
        nextTouchNanos = latest > decidedNanos ? latest : Long.MAX_VALUE;
    }

    /** Whether the kernel still has the address when a touch acts that is decided now; else it would put it on again. */
    boolean isSurelyUp(long nowNanos) {
        return untilNanos != Authority.NEVER && nowNanos + touchNanos <= untilNanos;
    }

    void gone() {
        untilNanos = Authority.NEVER;
        touchedForNanos = Authority.NEVER;
        nextTouchNanos = Long.MAX_VALUE;
    }

    /** When the kernel takes the address off if nobody touches it. */
    long untilNanos() {
        return untilNanos;
    }

    long nextTouchNanos() {
        return nextTouchNanos;
    }
}
