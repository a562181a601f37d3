package io.pgproxy.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import io.pgproxy.config.LogConfig;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/** The way of a line from its logger to standard output. Until {@link #start} nothing is written. Main thread only. */
public final class LogOutput {
    private LogOutput() {}

    /**
     * Lines are written from now on.
     *
     * @param reasons the words that tell why something happened to a listener's client
     * @param thrown is shown every throwable that is logged; must not wait, nor need memory
     * @return how many lines were lost because nobody read them in time
     */
    public static LongSupplier start(
            LoggerContext context, LogConfig config, Set<String> reasons, Consumer<Throwable> thrown) {
        context.reset();
        ThrowableWatch watch = new ThrowableWatch(thrown);
        watch.start();
        context.addTurboFilter(watch);
        LogQueue queue = new LogQueue(context, console(context, encoder(config.format())));
        queue.start();
        FloodGate gate = new FloodGate(queue, reasons, System::nanoTime);
        gate.setContext(context);
        gate.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(gate);
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(level(config.level()));
        // Netty's own debugging tells of every channel what our debugging tells of a session.
        context.getLogger("io.netty")
                .setLevel(Level.toLevel(
                        Math.max(Level.INFO_INT, level(config.level()).toInt())));
        return queue::lost;
    }

    private static Encoder<ILoggingEvent> encoder(LogConfig.Format format) {
        return switch (format) {
            case PLAIN -> new PlainLines();
            case JSON -> new JsonLines();
        };
    }

    private static Level level(LogConfig.Level level) {
        return switch (level) {
            case ERROR -> Level.ERROR;
            case WARN -> Level.WARN;
            case INFO -> Level.INFO;
            case DEBUG -> Level.DEBUG;
        };
    }

    private static Appender<ILoggingEvent> console(LoggerContext context, Encoder<ILoggingEvent> encoder) {
        encoder.setContext(context);
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setEncoder(encoder);
        console.start();
        return console;
    }
}
