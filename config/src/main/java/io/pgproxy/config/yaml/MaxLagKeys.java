package io.pgproxy.config.yaml;

import io.pgproxy.config.MaxLag;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** A {@code max-lag}: {@code none}, a size, a duration, or a group of both. */
final class MaxLagKeys {
    private static final SizeSyntax BYTES = new SizeSyntax();
    private static final DurationSyntax TIME = new DurationSyntax(Duration.ofMillis(100), Duration.ofHours(24));
    private static final MaxLagSyntax EITHER = new MaxLagSyntax(BYTES, TIME);

    private MaxLagKeys() {}

    static MaxLag read(Section section, String key) {
        return section.read(key, EITHER, both -> both(both, section, key), MaxLag.NONE);
    }

    private static MaxLag both(Section both, Section section, String key) {
        Optional<Long> bytes = both.find("bytes", BYTES);
        Optional<Duration> time = both.find("time", TIME);
        both.refuseUnknownKeys();
        if (!both.has("bytes") && !both.has("time")) {
            section.refuse("has neither bytes nor time; write one or both, or none instead of the group", key);
        }
        return new MaxLag(bytes.map(OptionalLong::of).orElseGet(OptionalLong::empty), time);
    }
}
