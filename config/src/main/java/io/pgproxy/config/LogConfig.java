package io.pgproxy.config;

/**
 * How the log looks and how much it tells. Immutable.
 *
 * @param level the least that is written
 */
public record LogConfig(Format format, Level level) {
    /** What applies where the file says nothing. */
    public static final LogConfig DEFAULTS = new LogConfig(Format.PLAIN, Level.INFO);

    /** How a line looks. */
    public enum Format {
        /** For people, grep and the journal. */
        PLAIN,
        /** One JSON object a line. */
        JSON
    }

    /** By reader: act now; look today; starts, stops and transitions; checks and sessions. */
    public enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG
    }
}
