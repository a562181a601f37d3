package io.pgproxy.health.store;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Lines of one kind, not more than a reader can use: whoever may write to etcd may have something to be said of it a
 * thousand times a second. What was left out is counted and said when it is over. Confined to the client's event loop.
 */
final class StoreLog {
    /** A switchover takes fewer. */
    static final int MAX_LINES = 10;

    static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Logger log;
    private final String about;
    private final LongSupplier clock;
    private long startNanos;
    private int lines;
    private int leftOut;

    /**
     * Has said nothing yet.
     *
     * @param about what the lines are about, for the one that counts those that were left out
     * @param clock monotonic, in nanoseconds
     */
    StoreLog(Logger log, String about, LongSupplier clock) {
        this.log = log;
        this.about = about;
        this.clock = clock;
        this.startNanos = clock.getAsLong();
    }

    void write(Level level, String text) {
        tick();
        if (lines < MAX_LINES) {
            lines++;
            log.atLevel(level).log(text);
        } else {
            leftOut++;
        }
    }

    /** As time goes by. */
    void tick() {
        long now = clock.getAsLong();
        if (now - startNanos < WINDOW_NANOS) {
            return;
        }
        if (leftOut > 0) {
            log.warn("etcd: {} more lines about {} were not logged", leftOut, about);
        }
        startNanos = now;
        lines = 0;
        leftOut = 0;
    }
}
