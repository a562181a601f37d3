package io.pgproxy.health;

import io.pgproxy.health.decide.Notice;
import io.pgproxy.health.decide.ProbeResult;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes notices, not more than a reader can use of one kind. What asks for somebody to act is never cut, and the last
 * change that was is written when the flood is over: the log must not end with a state that has passed. Confined to the
 * control thread.
 */
final class NoticeLog {
    /** A failover takes five lines a node; a node that flaps at fast-interval would write ten a second for ever. */
    static final int MAX_LINES = 10;

    static final Duration WINDOW = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(NoticeLog.class);

    /** One for each node and listener of which there was something to say lately. */
    private final Map<String, Window> windows = new HashMap<>();

    void checked(String node, ProbeResult result) {
        LOG.debug("node {}: {}", node, result.outcome().detail());
    }

    void write(List<Notice> notices, long nowNanos) {
        for (Notice notice : notices) {
            Window window = windows.computeIfAbsent(notice.about(), about -> new Window(nowNanos));
            window.roll(notice.about(), nowNanos);
            if (window.admits(notice)) {
                write(notice);
            }
        }
    }

    /** As time goes by: what a flood left out is said when it is over, and not when the next one begins. */
    void tick(long nowNanos) {
        windows.entrySet().removeIf(entry -> entry.getValue().roll(entry.getKey(), nowNanos));
    }

    private static void write(Notice notice) {
        switch (notice.level()) {
            case ERROR -> LOG.error("{}", notice.text());
            case WARN -> LOG.warn("{}", notice.text());
            case INFO -> LOG.info("{}", notice.text());
        }
    }

    private static final class Window {
        private long startNanos;
        private int lines;
        private int leftOut;
        private Optional<Notice> lastLeftOut = Optional.empty();

        Window(long startNanos) {
            this.startNanos = startNanos;
        }

        boolean admits(Notice notice) {
            boolean error = notice.level() == Notice.Level.ERROR;
            if (error || lines < MAX_LINES) {
                lines += error ? 0 : 1;
                lastLeftOut = Optional.empty(); // this one is the newer
                return true;
            }
            leftOut++;
            lastLeftOut = Optional.of(notice);
            return false;
        }

        /** Whether it is as good as new. */
        boolean roll(String about, long nowNanos) {
            if (nowNanos - startNanos < WINDOW.toNanos()) {
                return false;
            }
            if (leftOut > 0) {
                LOG.warn("{}: {} more changes were not logged", about, leftOut);
                lastLeftOut.ifPresent(NoticeLog::write);
            }
            startNanos = nowNanos;
            lines = 0;
            leftOut = 0;
            lastLeftOut = Optional.empty();
            return true;
        }
    }
}
