package io.pgproxy.health;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What one class writes to the log, as {@code LEVEL text}, from INFO up, until it is closed. */
public final class LogLines implements AutoCloseable {
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
    private final Logger logger;
    private final @Nullable Level level;

    private LogLines(Logger logger) {
        this.logger = logger;
        this.level = logger.getLevel();
    }

    public static LogLines of(Class<?> type) {
        LogLines lines = new LogLines((Logger) LoggerFactory.getLogger(type));
        lines.appender.list = new CopyOnWriteArrayList<>();
        lines.appender.start();
        lines.logger.setLevel(Level.INFO);
        lines.logger.addAppender(lines.appender);
        return lines;
    }

    public List<String> texts() {
        return appender.list.stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
        logger.setLevel(level);
    }
}
