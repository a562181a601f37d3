package io.pgproxy.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import io.pgproxy.log.FloodLimit.Decision;
import io.pgproxy.log.FloodLimit.Kind;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Lets a flood of lines through as its first few and, when its second is over, one that tells how many more there were.
 * Whoever logs is a relay loop as often as not, so nothing here waits. Safe from any thread.
 */
final class FloodGate extends UnsynchronizedAppenderBase<ILoggingEvent> {
    /** What a line says that there is no pattern of; also as much of one as is kept. */
    private static final int MAX_PATTERN_CHARS = 200;

    private final FloodLimit limit = new FloodLimit();
    private final Appender<ILoggingEvent> next;
    private final LongSupplier clockNanos;
    private final ScheduledExecutorService timer;

    /** @param clockNanos a monotonic clock */
    FloodGate(Appender<ILoggingEvent> next, LongSupplier clockNanos) {
        this.next = next;
        this.clockNanos = clockNanos;
        timer = Executors.newSingleThreadScheduledExecutor(FloodGate::thread);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "log");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void start() {
        super.start();
        long everyNanos = FloodLimit.WINDOW_NANOS;
        timer.scheduleAtFixedRate(this::tellWhatIsOver, everyNanos, everyNanos, TimeUnit.NANOSECONDS);
    }

    /** Tells what is still to be told, and ends the appender behind too. */
    @Override
    public void stop() {
        timer.shutdownNow();
        tell(clockNanos.getAsLong() + FloodLimit.WINDOW_NANOS);
        super.stop();
        next.stop();
    }

    @Override
    protected void append(ILoggingEvent event) {
        Decision decision = limit.next(kind(event), clockNanos.getAsLong());
        tell(decision.kind(), decision.unsaidBefore());
        if (decision.said()) {
            next.doAppend(event);
        }
    }

    /** A flood must not need a later line to come to an end. */
    void tellWhatIsOver() {
        tell(clockNanos.getAsLong());
    }

    private void tell(long nowNanos) {
        limit.over(nowNanos).forEach(this::tell);
    }

    private void tell(Kind kind, int unsaid) {
        if (unsaid > 0 && getContext() instanceof LoggerContext context) {
            String text = "... " + unsaid + " more lines like: " + kind.pattern();
            var logger = context.getLogger(kind.logger().isEmpty() ? FloodGate.class.getName() : kind.logger());
            next.doAppend(new LoggingEvent(FloodGate.class.getName(), logger, kind.level(), text, null, null));
        }
    }

    /** A pattern without a word of its own, as {@code {}} is, tells nothing apart; then the text itself is the kind. */
    private static Kind kind(ILoggingEvent event) {
        String pattern = String.valueOf(event.getMessage());
        String text = pattern.chars().anyMatch(Character::isLetter) ? pattern : event.getFormattedMessage();
        String kept = text.length() > MAX_PATTERN_CHARS ? text.substring(0, MAX_PATTERN_CHARS) : text;
        return new Kind(event.getLoggerName(), event.getLevel(), kept);
    }
}
