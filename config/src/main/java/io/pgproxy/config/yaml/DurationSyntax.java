package io.pgproxy.config.yaml;

import io.pgproxy.config.UnitText;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A whole number and its unit: {@code 100ms}, {@code 1s}, {@code 5m}, {@code 2h}. Immutable.
 *
 * <p>The unit is required, since HAProxy's bare number is milliseconds and Patroni's is seconds.
 */
record DurationSyntax(Duration min, Duration max) implements Syntax<Duration> {
    private static final String NUMBER = "(0|[1-9][0-9]*)";
    private static final Pattern FORM = Pattern.compile(NUMBER + "(ms|s|m|h|)");

    @Override
    public Duration parse(String text) throws Unreadable {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new Unreadable(
                    Quoted.of(text) + " is not a duration; write " + range() + ", with the unit ms, s, m or h");
        }
        if (form.group(2).isEmpty()) {
            throw new Unreadable(Quoted.of(text) + " has no unit; write " + range() + ", with the unit ms, s, m or h");
        }
        Duration duration = Duration.ofMillis(WholeNumber.saturated(form.group(1), millisOf(form.group(2))));
        if (duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
            throw new Unreadable(Quoted.of(text) + " is out of range; write " + range());
        }
        return duration;
    }

    @Override
    public Form form() {
        return new Form.Matching(NUMBER + "(ms|s|m|h)");
    }

    private String range() {
        return UnitText.of(min) + " to " + UnitText.of(max);
    }

    private static long millisOf(String unit) {
        return switch (unit) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            default -> throw new AssertionError(unit);
        };
    }
}
