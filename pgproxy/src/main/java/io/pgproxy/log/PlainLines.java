package io.pgproxy.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.encoder.EncoderBase;

/**
 * One line an event, for people, grep and the journal alike; a stack trace adds its own below. Confined to the log's
 * thread.
 *
 * <pre>
 * 2026-01-01T12:00:00.000+01:00 INFO  [control] NodeHealth: node pg103 UP -> DOWN: ...
 * </pre>
 */
final class PlainLines extends EncoderBase<ILoggingEvent> {
    private static final byte[] NOTHING = {};
    /** The longest level's name. */
    private static final int LEVEL_WIDTH = 5;

    @Override
    public byte[] encode(ILoggingEvent event) {
        String level = event.getLevel().toString();
        IThrowableProxy thrown = event.getThrowableProxy();
        String line = LineText.time(event)
                + ' '
                + level
                + " ".repeat(Math.max(0, LEVEL_WIDTH - level.length()))
                + " ["
                + LineText.printable(event.getThreadName())
                + "] "
                + simpleName(event.getLoggerName())
                + ": "
                + LineText.message(event)
                + '\n'
                + (thrown == null ? "" : StackTrace.of(thrown));
        return line.getBytes(UTF_8);
    }

    private static String simpleName(String logger) {
        return logger.substring(logger.lastIndexOf('.') + 1);
    }

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }
}
