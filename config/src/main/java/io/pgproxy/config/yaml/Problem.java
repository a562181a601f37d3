package io.pgproxy.config.yaml;

/**
 * One thing that is wrong with a configuration file, in words for who wrote it. Immutable.
 *
 * @param line where it stands, from 1; 0 where no line is to blame, such as for a file that does not exist
 * @param path the key it is about, such as {@code listeners[1].max-lag}; empty for the file as a whole
 * @param message what is wrong and, where it can be said, what to write instead; one line without control characters
 */
public record Problem(int line, String path, String message) {
    /** The printable form: {@code line 12: listeners[1].max-lag: 'much' is not ...}. */
    @Override
    public String toString() {
        String where = line == 0 ? "" : "line " + line + ": ";
        return where + (path.isEmpty() ? "" : path + ": ") + message;
    }
}
