package io.pgproxy;

import ch.qos.logback.classic.LoggerContext;
import io.pgproxy.config.LogConfig;
import io.pgproxy.core.CloseReason;
import io.pgproxy.core.PrintableText;
import io.pgproxy.log.LogOutput;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log's beginning and end. Safe from any thread. */
final class Logging {
    private static final Logger LOG = LoggerFactory.getLogger(PgProxy.class);
    /** For an hour of debugging without an edit of the file: a drop-in of the unit is enough. */
    static final String LEVEL_VARIABLE = "PGPROXY_LOG_LEVEL";

    private static final Set<String> REASONS =
            Stream.of(CloseReason.values()).map(CloseReason::label).collect(Collectors.toUnmodifiableSet());

    private Logging() {}

    /**
     * The first line. From now on a thread that dies of an exception says so.
     *
     * @param thrown is shown every throwable that is logged or ends a thread; must not wait, nor need memory
     * @return how many lines were lost because nobody read them in time
     */
    static LongSupplier start(LogConfig config, Consumer<Throwable> thrown) {
        LongSupplier lost = LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                ? LogOutput.start(context, config, REASONS, thrown)
                : () -> 0;
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {
            thrown.accept(e);
            LOG.error("thread {} ended by an exception that nobody expected", thread.getName(), e);
        });
        LOG.info(
                "pgproxy {} on Java {}, process {}",
                Build.version(),
                Runtime.version(),
                ProcessHandle.current().pid());
        return lost;
    }

    /**
     * What the file says, but for the level if the environment has one.
     *
     * @param level the variable's value; null if it is not set
     */
    static LogConfig heedEnvironment(LogConfig file, @Nullable String level) throws ConfigFile.Refused {
        if (level == null || level.isEmpty()) {
            return file;
        }
        for (LogConfig.Level known : LogConfig.Level.values()) {
            if (known.name().equals(level.toUpperCase(Locale.ROOT))) {
                return new LogConfig(file.format(), known);
            }
        }
        throw new ConfigFile.Refused(LEVEL_VARIABLE + " in the environment is '" + PrintableText.of(level)
                + "' and not one of error, warn, info, debug");
    }

    /** Lines wait in memory for a slow reader; this writes them, for 2 s at most. Nothing is logged after it. */
    static void flush() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.stop();
        }
    }
}
