package io.pgproxy.health.decide;

import java.time.Duration;

/** Durations as the configuration writes them. */
final class DurationText {
    private DurationText() {}

    /** {@code 10s} or {@code 100ms}. */
    static String of(Duration duration) {
        return duration.toMillisPart() == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }
}
