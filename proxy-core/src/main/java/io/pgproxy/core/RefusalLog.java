package io.pgproxy.core;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that clients of one listener were refused for a reason that an operator can mend: once a minute and reason, with
 * how many there were since the last line. Safe from any thread.
 */
final class RefusalLog {
    private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final String listener;
    private final Map<CloseReason, Line> lines = new EnumMap<>(CloseReason.class);

    /** One kind of line: when it was said last, and how often it was not. */
    private static final class Line {
        private long saidNanos = System.nanoTime() - QUIET_NANOS;
        private int since;

        /** How many refusals a line is due for; 0 if it is not due. */
        private synchronized int due(long nowNanos) {
            since++;
            if (nowNanos - saidNanos < QUIET_NANOS) {
                return 0;
            }
            int count = since;
            saidNanos = nowNanos;
            since = 0;
            return count;
        }
    }

    RefusalLog(String listener) {
        this.listener = listener;
        for (CloseReason reason : CloseReason.values()) {
            if (reason.isLimit()) {
                lines.put(reason, new Line());
            }
        }
    }

    void ended(CloseReason reason, String why) {
        Line line = lines.get(reason);
        int count = line == null ? 0 : line.due(System.nanoTime());
        if (count > 0) {
            LOG.warn("listener {}: {} refused, {}: {}", listener, count, reason.label(), why);
        }
    }
}
