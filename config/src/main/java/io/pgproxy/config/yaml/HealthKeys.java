package io.pgproxy.config.yaml;

import io.pgproxy.config.HealthConfig;
import io.pgproxy.config.UnitText;
import java.time.Duration;

/** The group {@code health}. */
final class HealthKeys {
    private static final DurationSyntax INTERVAL = between(Duration.ofMillis(100), Duration.ofMinutes(1));
    private static final DurationSyntax FAST_INTERVAL = between(Duration.ofMillis(10), Duration.ofMinutes(1));
    private static final DurationSyntax TIMEOUT = between(Duration.ofMillis(50), Duration.ofMinutes(1));
    private static final DurationSyntax STALE_AFTER = between(Duration.ofMillis(150), Duration.ofHours(1));
    private static final WholeNumber IN_A_ROW = new WholeNumber(1, 100);

    private HealthKeys() {}

    static HealthConfig read(Section section) {
        HealthConfig defaults = HealthConfig.DEFAULTS;
        HealthConfig health = new HealthConfig(
                section.read("interval", INTERVAL, defaults.interval()),
                section.read("fast-interval", FAST_INTERVAL, defaults.fastInterval()),
                section.read("timeout", TIMEOUT, defaults.timeout()),
                section.read("rise", IN_A_ROW, defaults.rise()),
                section.read("fall", IN_A_ROW, defaults.fall()),
                section.read("stale-after", STALE_AFTER, defaults.staleAfter()));
        section.refuseUnknownKeys();
        if (section.isSound("interval", "fast-interval")) {
            checkPace(section, health);
        }
        if (section.isSound("interval", "timeout", "stale-after")) {
            checkPatience(section, health);
        }
        return health;
    }

    private static void checkPace(Section section, HealthConfig health) {
        if (health.fastInterval().compareTo(health.interval()) > 0) {
            section.refuse(
                    UnitText.of(health.fastInterval()) + " is longer than interval, " + UnitText.of(health.interval()),
                    "fast-interval",
                    "interval");
        }
    }

    /** The age of the last good answer just before the next: one slow answer must not turn new sessions away. */
    private static void checkPatience(Section section, HealthConfig health) {
        Duration slowest = health.interval().plus(health.timeout());
        if (health.staleAfter().compareTo(slowest) < 0) {
            section.refuse(
                    String.format(
                            "stale-after (%s) is shorter than interval and timeout together (%s + %s);"
                                    + " one slow answer would stop new sessions",
                            UnitText.of(health.staleAfter()),
                            UnitText.of(health.interval()),
                            UnitText.of(health.timeout())),
                    "stale-after",
                    "timeout",
                    "interval");
        }
    }

    private static DurationSyntax between(Duration min, Duration max) {
        return new DurationSyntax(min, max);
    }
}
