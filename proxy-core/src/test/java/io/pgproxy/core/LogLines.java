package io.pgproxy.core;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Objects;
import org.slf4j.LoggerFactory;

/** What one class logs while this is open. */
final class LogLines implements AutoCloseable {
    private final Logger logger;
    private final Level before;
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    LogLines(Class<?> of) {
        this(of.getName(), Level.DEBUG);
    }

    /** Of all loggers under that name, from that level on. */
    LogLines(String name, Level level) {
        logger = (Logger) LoggerFactory.getLogger(name);
        before = logger.getLevel();
        logger.setLevel(level);
        lines.start();
        logger.addAppender(lines);
    }

    /** Each with its level in front. */
    List<String> all() {
        return List.copyOf(lines.list).stream()
                .map(line -> line.getLevel() + " " + line.getFormattedMessage())
                .toList();
    }

    /** What was logged with its trace. */
    List<Throwable> thrown() {
        return List.copyOf(lines.list).stream()
                .map(line -> (ThrowableProxy) line.getThrowableProxy())
                .filter(Objects::nonNull)
                .map(ThrowableProxy::getThrowable)
                .toList();
    }

    @Override
    public void close() {
        logger.detachAppender(lines);
        logger.setLevel(before);
    }
}
