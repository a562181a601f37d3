package io.pgproxy.core;

import java.util.concurrent.TimeUnit;

/**
 * How long one peer has left sent data without any acknowledgement. The kernel's own figure does not say it: the last
 * acknowledgement of a connection that was quiet for an hour is an hour old in the very moment in which something is
 * sent. So the time counts from the first look that found data waiting. A pure machine, told the time.
 */
final class Silence {
    private boolean waiting;
    private long sinceNanos;

    /**
     * Takes a look and says how long the silence has lasted.
     *
     * @param unacknowledgedMillis since the last acknowledgement of any kind; 0 while nothing sent waits for one
     */
    long millis(long unacknowledgedMillis, long nowNanos) {
        long watchedMillis = TimeUnit.NANOSECONDS.toMillis(nowNanos - sinceNanos);
        if (unacknowledgedMillis == 0) {
            waiting = false;
            return 0;
        }
        if (!waiting || unacknowledgedMillis < watchedMillis) { // an acknowledgement came since the first look
            waiting = true;
            sinceNanos = nowNanos;
            return 0;
        }
        return watchedMillis;
    }
}
