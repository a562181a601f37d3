package io.pgproxy.core;

import java.util.concurrent.TimeUnit;

/**
 * How often something happened since the log last said so, which it does at once the first time and then once a minute.
 * Told the time. Safe from any thread.
 */
final class MinuteCount {
    static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    private boolean said;
    private long saidNanos;
    private int since;

    /** Counts one more, and says how many a line is due for; 0 if none is. */
    synchronized int add(long nowNanos) {
        since++;
        return due(nowNanos);
    }

    /** How many a line is due for although nothing more happened; 0 if none is. */
    synchronized int due(long nowNanos) {
        if (since == 0 || (said && nowNanos - saidNanos < QUIET_NANOS)) {
            return 0;
        }
        int count = since;
        said = true;
        saidNanos = nowNanos;
        since = 0;
        return count;
    }
}
