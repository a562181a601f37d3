package io.pgproxy.core;

import org.slf4j.Logger;

/**
 * Errors of the virtual machine among what channels report. Netty hands them to the same handlers as a peer's mistakes,
 * bare or as the cause of something milder. They have to reach the log as what they are: the program ends itself when
 * it sees that memory has run out, and goes on in an unknown state if it does not.
 */
final class JvmErrors {
    /** A chain of causes is shorter, but for one that bites its tail. */
    private static final int MAX_CAUSES = 10;

    private JvmErrors() {}

    static boolean isIn(Throwable thrown) {
        Throwable cause = thrown;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            if (cause instanceof Error) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    /** Logs what was thrown if it is one, or was caused by one. */
    static void logIfIn(Throwable thrown, String doing, Logger log) {
        if (isIn(thrown)) {
            log.error("{} failed", doing, thrown);
        }
    }
}
