package io.pgproxy.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.encoder.Encoder;
import org.jspecify.annotations.Nullable;

/** Log events to test with, and what becomes of them. */
final class Events {
    private static final LoggerContext CONTEXT = new LoggerContext();

    static {
        CONTEXT.setMDCAdapter(new LogbackMDCAdapter()); // which every line that is written later is asked for
    }

    private Events() {}

    static LoggerContext context() {
        return CONTEXT;
    }

    static ILoggingEvent event(Level level, @Nullable String pattern, Object... arguments) {
        return new LoggingEvent("", CONTEXT.getLogger("io.pgproxy.core.Relay"), level, pattern, null, arguments);
    }

    static ILoggingEvent thrown(@Nullable Throwable thrown) {
        return new LoggingEvent(
                "", CONTEXT.getLogger("io.pgproxy.core.Relay"), Level.ERROR, "a session failed", thrown, null);
    }

    static String encoded(Encoder<ILoggingEvent> encoder, ILoggingEvent event) {
        return new String(encoder.encode(event), UTF_8);
    }
}
