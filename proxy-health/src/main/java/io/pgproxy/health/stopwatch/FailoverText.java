package io.pgproxy.health.stopwatch;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A failover as one sentence that can be pasted into a report. */
public final class FailoverText {
    private static final DateTimeFormatter UTC = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd HH:mm:ss.SSS 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private FailoverText() {}

    /**
     * Such as {@code failover 3, pg102 to pg103, began at 2026-11-23 20:14:59.123 UTC (announced 1.204 s before): pg102
     * lost at once (/primary 503, role replica (was primary)), first session waited after 0.012 s, ...}.
     */
    public static String of(Failover failover) {
        String names =
                failover.from() + failover.to().map(node -> " to " + node).orElse("");
        return "failover " + failover.number() + ", " + names + ", began at "
                + UTC.format(Instant.ofEpochMilli(failover.began().epochMillis())) + announcement(failover) + ": "
                + phases(failover) + end(failover);
    }

    private static String announcement(Failover failover) {
        Optional<Moment> announced = Optional.ofNullable(failover.phases().get(Phase.ANNOUNCED));
        return announced
                .map(at -> failover.began().nanosSince(at))
                .map(nanos -> " (announced " + seconds(Math.abs(nanos)) + (nanos < 0 ? " after that)" : " before)"))
                .orElse("");
    }

    /** As time had them, and not as they usually come. */
    private static String phases(Failover failover) {
        List<Map.Entry<Phase, Moment>> reached = failover.phases().entrySet().stream()
                .filter(phase -> phase.getKey() != Phase.ANNOUNCED)
                .sorted(Comparator.comparingLong(phase -> phase.getValue().nanosSince(failover.began())))
                .toList();
        return reached.stream()
                .map(phase -> what(phase.getKey(), failover)
                        + after(phase.getValue().nanosSince(failover.began()))
                        + (phase.getKey() == Phase.LOST ? reason(failover) : ""))
                .collect(Collectors.joining(", "));
    }

    private static String what(Phase phase, Failover failover) {
        return switch (phase) {
            case ANNOUNCED -> "announced";
            case LOST -> failover.from() + " lost";
            case PARKED -> "first session waited";
            case NEW_LEADER_KEY -> "new leader key";
            case VERIFIED -> failover.to().orElse("") + " verified";
            case FIRST_BYTE -> "first byte to a client";
        };
    }

    private static String reason(Failover failover) {
        return failover.why().isEmpty() ? "" : " (" + failover.why() + ")";
    }

    private static String after(long nanos) {
        return nanos == 0 ? " at once" : " after " + seconds(nanos);
    }

    private static String end(Failover failover) {
        return failover.over() && !failover.has(Phase.FIRST_BYTE) ? "; no client came" : "";
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.3f s", nanos / 1e9);
    }
}
