package io.pgproxy.log;

import ch.qos.logback.classic.Level;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts lines by their kind and says which of them are too many: a kind's window is the second that begins with a line
 * of it, and the first few of a window are let through, so always the first. Told the time; safe from any thread, and no
 * thread waits for another.
 */
final class FloodLimit {
    static final int MAX_LINES = 20;
    /** Whoever asked for debugging wants to see every check of every node. */
    static final int MAX_DEBUG_LINES = 200;

    static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** The program has about a hundred kinds; more at one time are some text that changes with every line. */
    static final int MAX_KINDS = 200;

    private final Map<Kind, Window> windows = new ConcurrentHashMap<>();

    /**
     * Lines that differ in their details only.
     *
     * @param pattern the message before its arguments are filled in
     */
    record Kind(String logger, Level level, String pattern) {
        /** All those for which there is no room. */
        private static Kind other(Level level) {
            return new Kind("", level, "lines of many kinds");
        }

        private int maxLines() {
            return level.isGreaterOrEqual(Level.INFO) ? MAX_LINES : MAX_DEBUG_LINES;
        }
    }

    /**
     * What to do with a line.
     *
     * @param kind under which it was counted
     * @param unsaidBefore how many lines of an earlier window were left out and are to be told first
     */
    record Decision(Kind kind, boolean said, int unsaidBefore) {}

    /** One kind's lines in one second. Once it is closed it counts no more. */
    private static final class Window {
        private static final int CLOSED = Integer.MIN_VALUE / 2;

        private final long startNanos;
        private final AtomicInteger lines = new AtomicInteger();

        private Window(long startNanos) {
            this.startNanos = startNanos;
        }

        private boolean isOver(long nowNanos) {
            return nowNanos - startNanos >= WINDOW_NANOS;
        }

        /** How many there are with this one; negative if the window has been closed. */
        private int count() {
            return lines.incrementAndGet();
        }

        /** How many were left out. */
        private int close(Kind kind) {
            return Math.max(0, lines.getAndSet(CLOSED) - kind.maxLines());
        }
    }

    /** Counts a line. */
    Decision next(Kind line, long nowNanos) {
        Kind kind = windows.containsKey(line) || windows.size() < MAX_KINDS ? line : Kind.other(line.level());
        int unsaid = 0;
        while (true) {
            Window window = windows.computeIfAbsent(kind, k -> new Window(nowNanos));
            if (window.isOver(nowNanos)) {
                unsaid += windows.remove(kind, window) ? window.close(kind) : 0;
                continue;
            }
            int lines = window.count();
            if (lines > 0) {
                return new Decision(kind, lines <= kind.maxLines(), unsaid);
            }
        }
    }

    /** The kinds whose window is over, each with how many lines were left out; they are forgotten by this. */
    Map<Kind, Integer> over(long nowNanos) {
        Map<Kind, Integer> unsaid = new LinkedHashMap<>();
        windows.forEach((kind, window) -> {
            if (window.isOver(nowNanos) && windows.remove(kind, window)) {
                int lines = window.close(kind);
                if (lines > 0) {
                    unsaid.put(kind, lines);
                }
            }
        });
        return unsaid;
    }

    int kinds() {
        return windows.size();
    }
}
