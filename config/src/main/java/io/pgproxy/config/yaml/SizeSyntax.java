package io.pgproxy.config.yaml;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes by PostgreSQL's convention: {@code B}, {@code kB}, {@code MB}, {@code GB} and {@code TB}, each 1024
 * of the one before, spelled exactly so (PostgreSQL's documentation, section 19.1, "Setting Parameters"). From 0B to
 * 1024TB. Immutable.
 */
record SizeSyntax() implements Syntax<Long> {
    private static final String UNITS = "with the unit B, kB, MB, GB or TB";
    private static final long MAX_BYTES = 1L << 50;
    private static final String NUMBER = "(0|[1-9][0-9]*)";
    private static final Pattern FORM = Pattern.compile(NUMBER + "(B|kB|MB|GB|TB|)");

    @Override
    public Long parse(String text) throws Unreadable {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new Unreadable(Quoted.of(text) + " is not a size; write 0B to 1024TB, " + UNITS);
        }
        if (form.group(2).isEmpty()) {
            throw new Unreadable(Quoted.of(text) + " has no unit; write 0B to 1024TB, " + UNITS);
        }
        long bytes = WholeNumber.saturated(form.group(1), bytesOf(form.group(2)));
        if (bytes > MAX_BYTES) {
            throw new Unreadable(Quoted.of(text) + " is out of range; write 0B to 1024TB");
        }
        return bytes;
    }

    @Override
    public Form form() {
        return new Form.Matching(NUMBER + "(B|kB|MB|GB|TB)");
    }

    private static long bytesOf(String unit) {
        return switch (unit) {
            case "B" -> 1;
            case "kB" -> 1L << 10;
            case "MB" -> 1L << 20;
            case "GB" -> 1L << 30;
            case "TB" -> 1L << 40;
            default -> throw new AssertionError(unit);
        };
    }
}
