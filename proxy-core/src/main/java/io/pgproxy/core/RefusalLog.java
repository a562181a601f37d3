package io.pgproxy.core;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Says that clients of one listener were refused, or their sessions ended, for a reason that an operator can mend or
 * has asked for: once a minute and reason, with how many there were since the last line. Safe from any thread.
 */
final class RefusalLog {
    private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
    /** More of them are not told apart in a line. */
    private static final int MAX_SOURCES = 1_000;

    private final String listener;
    private final Map<CloseReason, Line> lines = new EnumMap<>(CloseReason.class);

    /** One kind of line, and what it will say of those since the last. */
    private static final class Line {
        private final MinuteCount count = new MinuteCount();
        private final Set<Source> sources = new HashSet<>();
        private boolean isEmpty = true;
        /** Of one and the same client. */
        private String example = "";

        private String why = "";
    }

    RefusalLog(String listener) {
        this.listener = listener;
        for (CloseReason reason : CloseReason.values()) {
            if (reason.sum() != CloseReason.Sum.NONE) {
                lines.put(reason, new Line());
            }
        }
    }

    void ended(CloseReason reason, String why, Client client, long nowNanos) {
        Line line = lines.get(reason);
        if (line == null) {
            return;
        }
        synchronized (line) {
            boolean bySource = reason.sum() == CloseReason.Sum.BY_SOURCE;
            if (line.isEmpty) {
                line.isEmpty = false;
                line.example = bySource ? client.source().toString() : "";
                line.why = why;
            }
            if (bySource && line.sources.size() < MAX_SOURCES) {
                line.sources.add(client.source());
            }
            say(reason, line, line.count.add(nowNanos));
        }
    }

    /** Says what is left to say of the last minute, although nobody was refused just now. */
    void flush(long nowNanos) {
        lines.forEach((reason, line) -> {
            synchronized (line) {
                say(reason, line, line.count.due(nowNanos));
            }
        });
    }

    private void say(CloseReason reason, Line line, int count) {
        if (count > 0) {
            boolean asked = reason.sum() == CloseReason.Sum.ENDED;
            LOG.atLevel(asked ? Level.INFO : Level.WARN)
                    .log(
                            "listener {}: {} {}{}, {}: {}",
                            listener,
                            count,
                            asked ? "ended" : "refused",
                            from(line),
                            reason.label(),
                            line.why);
            line.sources.clear();
            line.isEmpty = true;
        }
    }

    private static String from(Line line) {
        int sources = line.sources.size();
        return switch (sources) {
            case 0 -> "";
            case 1 -> " from " + line.example;
            default ->
                " from " + sources + (sources == MAX_SOURCES ? " or more" : "") + " sources such as " + line.example;
        };
    }
}
