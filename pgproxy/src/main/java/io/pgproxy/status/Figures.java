package io.pgproxy.status;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Amounts as people read them; what is not known is a dash. Stateless. */
final class Figures {
    private static final String[] BYTE_UNITS = {"kB", "MB", "GB", "TB", "PB"};

    private Figures() {}

    /** The largest two units that matter: {@code 4s}, {@code 2m 10s}, {@code 3h 5m}, {@code 12d 4h}. */
    static String duration(double seconds) {
        long whole = (long) seconds;
        if (whole < 60) {
            return whole + "s";
        }
        if (whole < 3600) {
            return whole / 60 + "m " + whole % 60 + "s";
        }
        if (whole < 86_400) {
            return whole / 3600 + "h " + whole % 3600 / 60 + "m";
        }
        return whole / 86_400 + "d " + whole % 86_400 / 3600 + "h";
    }

    /** Powers of 1024 under PostgreSQL's names for them: {@code 0 B}, {@code 16 kB}, {@code 1.5 MB}. */
    static String bytes(@Nullable Long bytes) {
        if (bytes == null) {
            return "-";
        }
        if (bytes < 1024) {
            return bytes + " B";
        }
        double amount = bytes;
        int unit = -1;
        while (amount >= 1024 && unit < BYTE_UNITS.length - 1) {
            amount /= 1024;
            unit++;
        }
        String pattern = amount < 10 ? "%.1f %s" : "%.0f %s";
        return String.format(Locale.ROOT, pattern, amount, BYTE_UNITS[unit]);
    }

    static String text(@Nullable Object value) {
        return value == null ? "-" : value.toString();
    }
}
