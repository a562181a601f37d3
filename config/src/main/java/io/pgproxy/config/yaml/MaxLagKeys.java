package io.pgproxy.config.yaml;

import io.pgproxy.config.MaxLag;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** A {@code max-lag}: {@code none}, a size, a duration, or a group of both. */
final class MaxLagKeys {
    private static final SizeSyntax BYTES = new SizeSyntax();
    private static final DurationSyntax TIME = new DurationSyntax(Duration.ofMillis(100), Duration.ofHours(24));

    private MaxLagKeys() {}

    static MaxLag read(Section section, String key) {
        return section.read(key, MaxLagKeys::parse, both -> both(both, section, key), MaxLag.NONE);
    }

    private static MaxLag both(Section both, Section section, String key) {
        Optional<Long> bytes = both.find("bytes", BYTES);
        Optional<Duration> time = both.find("time", TIME);
        both.refuseUnknownKeys();
        if (!both.has("bytes") && !both.has("time")) {
            section.refuse("has neither bytes nor time; write one or both, or none instead of the group", key);
        }
        return maxLag(bytes, time);
    }

    private static MaxLag parse(String text) throws Syntax.Unreadable {
        if (text.equals("none")) {
            return MaxLag.NONE;
        }
        if (text.matches("[0-9]+[A-Za-z]*B")) {
            return maxLag(Optional.of(BYTES.parse(text)), Optional.empty());
        }
        if (text.matches("[0-9]+(ms|s|m|h)")) {
            return maxLag(Optional.empty(), Optional.of(TIME.parse(text)));
        }
        throw new Syntax.Unreadable(
                Quoted.of(text) + " is not a lag; write none, a size such as 16MB, a duration such as 30s, or both");
    }

    private static MaxLag maxLag(Optional<Long> bytes, Optional<Duration> time) {
        return new MaxLag(bytes.map(OptionalLong::of).orElseGet(OptionalLong::empty), time);
    }
}
