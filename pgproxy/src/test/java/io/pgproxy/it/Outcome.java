package io.pgproxy.it;

/**
 * What a command in a container said and how it ended. Immutable.
 *
 * @param out standard output without the last line break
 * @param err standard error without the last line break
 */
record Outcome(String command, long exitCode, String out, String err) {
    /** Its standard output; a command that failed fails the test, with what it said. */
    String orFail() {
        if (exitCode != 0) {
            throw new AssertionError(this);
        }
        return out;
    }

    boolean ok() {
        return exitCode == 0;
    }

    @Override
    public String toString() {
        return "`" + command + "` ended with " + exitCode + ", out:\n" + out + "\nerr:\n" + err;
    }
}
