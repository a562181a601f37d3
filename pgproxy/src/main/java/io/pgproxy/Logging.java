package io.pgproxy;

import ch.qos.logback.classic.LoggerContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log's beginning and end; its form is in {@code logback.xml}. Safe from any thread. */
final class Logging {
    private static final Logger LOG = LoggerFactory.getLogger(PgProxy.class);

    private Logging() {}

    /** The first line. From now on a thread that dies of an exception says so. */
    static void start() {
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, e) -> LOG.error("thread {} ended by an exception that nobody expected", thread.getName(), e));
        LOG.info(
                "pgproxy {} on Java {}, process {}",
                Build.version(),
                Runtime.version(),
                ProcessHandle.current().pid());
    }

    /** Lines wait in memory for a slow reader; this writes them, for two seconds at most. Nothing is logged after it. */
    static void flush() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.stop();
        }
    }
}
