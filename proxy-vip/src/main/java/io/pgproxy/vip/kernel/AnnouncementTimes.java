package io.pgproxy.vip.kernel;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.List;

/**
 * When to announce the addresses: in a burst after they came, since any frame may be lost and nobody acknowledges one,
 * and then every few seconds for whoever missed the burst. A switch that has just seen its cable plugged in may pass
 * nothing for half a minute. Pure; confined to whoever has it.
 */
final class AnnouncementTimes {
    static final long REFRESH_NANOS = SECONDS.toNanos(10);
    static final long RETRY_NANOS = MILLISECONDS.toNanos(100);

    /** From each announcement of a burst to the next. */
    private static final List<Long> GAPS = List.of(
            MILLISECONDS.toNanos(100), MILLISECONDS.toNanos(200), MILLISECONDS.toNanos(700), SECONDS.toNanos(2));

    private int said;
    private long dueNanos;

    /** A new burst, at once. */
    void begin(long nowNanos) {
        said = 0;
        dueNanos = nowNanos;
    }

    void said(long nowNanos) {
        dueNanos = nowNanos + (said < GAPS.size() ? GAPS.get(said) : REFRESH_NANOS);
        said = Math.min(said + 1, GAPS.size());
    }

    /** It could not be sent, and counts as not said. */
    void failed(long nowNanos) {
        dueNanos = nowNanos + RETRY_NANOS;
    }

    long leftNanos(long nowNanos) {
        return dueNanos - nowNanos;
    }
}
