package io.pgproxy.health.decide;

/**
 * A line for the log. Immutable.
 *
 * @param about what it concerns, for limiting how many lines of one kind are written
 * @param text safe to print
 */
public record Notice(Level level, String about, String text) {
    /** By reader: act now, look today, good to know. */
    public enum Level {
        ERROR,
        WARN,
        INFO
    }
}
