package io.pgproxy.log;

import ch.qos.logback.classic.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts lines by their kind and says which of them are too many: a kind's window is the second that begins with a line
 * of it, and the first few of a window are let through, so always the first. Told the time; safe from any thread, and
 * no thread waits for another.
 */
final class FloodLimit {
    static final int MAX_LINES = 20;
    /** Whoever asked for debugging wants to see every check of every node. */
    static final int MAX_DEBUG_LINES = 200;

    static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    /**
     * The program has about a hundred patterns, a few of them with each listener and reason; more at one time are some
     * text that changes with every line.
     */
    static final int MAX_KINDS = 1_000;

    private final Map<Kind, Window> windows = new ConcurrentHashMap<>();

    /**
     * Lines that differ in their details only.
     *
     * @param pattern the message before its arguments are filled in
     * @param about whom they are about and for what reason, so that one's flood does not silence another's line
     */
    record Kind(String logger, Level level, String pattern, String about) {
        /** All those for which there is no room. */
        private static Kind other(Level level) {
            return new Kind("", level, "", "");
        }

        boolean isOther() {
            return logger.isEmpty();
        }

        private int maxLines() {
            return level.isGreaterOrEqual(Level.INFO) ? MAX_LINES : MAX_DEBUG_LINES;
        }
    }

    /**
     * What to do with a line.
     *
     * @param before what was left out of an earlier window, to be told first; null if nothing was
     */
    record Decision(boolean said, @Nullable Unsaid before) {}

    /**
     * What was left out of a window.
     *
     * @param example the window's first line
     */
    record Unsaid(Kind kind, int lines, String example) {}

    /** One kind's lines in one second. Once it is closed it counts no more. */
    private static final class Window {
        private static final int CLOSED = Integer.MIN_VALUE / 2;

        private final long startNanos;
        private final String example;
        private final AtomicInteger lines = new AtomicInteger();

        private Window(long startNanos, String example) {
            this.startNanos = startNanos;
            this.example = example;
        }

        private boolean isOver(long nowNanos) {
            return nowNanos - startNanos >= WINDOW_NANOS;
        }

        /** How many there are with this one; negative if the window has been closed. */
        private int count() {
            return lines.incrementAndGet();
        }

        /** What was left out; null if nothing was. */
        private @Nullable Unsaid close(Kind kind) {
            int unsaid = lines.getAndSet(CLOSED) - kind.maxLines();
            return unsaid > 0 ? new Unsaid(kind, unsaid, example) : null;
        }
    }

    /**
     * Counts a line.
     *
     * @param text makes the line's own text, for the first of a window only
     */
    Decision next(Kind line, Supplier<String> text, long nowNanos) {
        Kind kind = windows.containsKey(line) || windows.size() < MAX_KINDS ? line : Kind.other(line.level());
        Unsaid before = null;
        while (true) {
            Window window = windows.get(kind);
            if (window == null) {
                Window created = new Window(nowNanos, text.get());
                Window earlier = windows.putIfAbsent(kind, created);
                window = earlier == null ? created : earlier;
            }
            if (before == null && window.isOver(nowNanos)) {
                before = windows.remove(kind, window) ? window.close(kind) : null;
                continue;
            }
            int lines = window.count();
            if (lines > 0) {
                return new Decision(lines <= kind.maxLines(), before);
            }
        }
    }

    /** What was left out of the windows that are over; they are forgotten by this. */
    List<Unsaid> over(long nowNanos) {
        List<Unsaid> unsaid = new ArrayList<>();
        windows.forEach((kind, window) -> {
            if (window.isOver(nowNanos) && windows.remove(kind, window)) {
                Unsaid left = window.close(kind);
                if (left != null) {
                    unsaid.add(left);
                }
            }
        });
        return unsaid;
    }

    int kinds() {
        return windows.size();
    }
}
