package io.pgproxy.config;

import java.time.Duration;

/** Durations and sizes as the file writes them, in the largest unit that says them exactly. Stateless. */
public final class UnitText {
    private static final String[] SIZES = {"B", "kB", "MB", "GB", "TB"};

    private UnitText() {}

    /** {@code 90s}, {@code 2m}; of a whole number of milliseconds. */
    public static String of(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1_000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1_000;
        if (seconds == 0 || seconds % 60 != 0) {
            return seconds + "s";
        }
        return seconds % 3_600 == 0 ? seconds / 3_600 + "h" : seconds / 60 + "m";
    }

    /** {@code 16MB}, {@code 1025B}. */
    public static String ofBytes(long bytes) {
        int unit = 0;
        long number = bytes;
        while (number != 0 && number % 1024 == 0 && unit < SIZES.length - 1) {
            number /= 1024;
            unit++;
        }
        return number + SIZES[unit];
    }
}
