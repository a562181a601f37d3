package io.pgproxy;

/**
 * What the process tells its parent. A stop that was cut short by a second signal is none of these but 128 + the
 * signal's number, 143 for TERM and 130 for INT, as a shell would have it.
 */
enum ExitCode {
    OK(0),
    FAILURE(1),
    USAGE(2),
    /** sysexits' EX_CONFIG: a restart alone cannot help. */
    CONFIGURATION(78);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
