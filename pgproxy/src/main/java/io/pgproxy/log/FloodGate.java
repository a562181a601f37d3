package io.pgproxy.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import io.pgproxy.log.FloodLimit.Decision;
import io.pgproxy.log.FloodLimit.Kind;
import io.pgproxy.log.FloodLimit.Unsaid;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets a flood of lines through as its first few and, when its second is over, one that tells how many more there were.
 * Whoever logs is a relay loop as often as not, so nothing here waits. Safe from any thread.
 */
final class FloodGate extends UnsynchronizedAppenderBase<ILoggingEvent> {
    /** As much of a line or of its pattern as is kept. */
    private static final int MAX_KEPT_CHARS = 200;
    /** Lines about a part of the configuration, of which there are a few; what strangers chose must not make kinds. */
    private static final List<String> NAMES_FIRST = List.of("listener {}", "node {}");

    private final FloodLimit limit = new FloodLimit();
    private final Appender<ILoggingEvent> next;
    private final Set<String> reasons;
    private final LongSupplier clockNanos;
    private final ScheduledExecutorService timer;

    /**
     * @param reasons the words that tell why something happened to a listener's client
     * @param clockNanos a monotonic clock
     */
    FloodGate(Appender<ILoggingEvent> next, Set<String> reasons, LongSupplier clockNanos) {
        this.next = next;
        this.reasons = reasons;
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
        Decision decision = limit.next(kind(event), () -> kept(event.getFormattedMessage()), clockNanos.getAsLong());
        Unsaid before = decision.before();
        if (before != null) {
            tell(before);
        }
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

    private void tell(Unsaid unsaid) {
        if (getContext() instanceof LoggerContext context) {
            Kind kind = unsaid.kind();
            String text = "... " + unsaid.lines() + " more lines " + (kind.isOther() ? "of many kinds, as: " : "like: ")
                    + unsaid.example();
            var logger = context.getLogger(kind.isOther() ? FloodGate.class.getName() : kind.logger());
            next.doAppend(new LoggingEvent(FloodGate.class.getName(), logger, kind.level(), text, null, null));
        }
    }

    /** A pattern without a word of its own, as {@code {}} is, tells nothing apart; then the text itself is the kind. */
    private Kind kind(ILoggingEvent event) {
        String pattern = String.valueOf(event.getMessage());
        String text = pattern.chars().anyMatch(Character::isLetter) ? pattern : event.getFormattedMessage();
        return new Kind(event.getLoggerName(), event.getLevel(), kept(text), about(pattern, event.getArgumentArray()));
    }

    /** The listener or node, and why a session ended, where the line tells it. */
    private String about(String pattern, @Nullable Object @Nullable [] arguments) {
        if (arguments == null || arguments.length == 0 || NAMES_FIRST.stream().noneMatch(pattern::startsWith)) {
            return "";
        }
        StringBuilder about = new StringBuilder(kept(String.valueOf(arguments[0])));
        for (int i = 1; i < arguments.length; i++) {
            if (arguments[i] instanceof String word && reasons.contains(word)) {
                about.append(' ').append(word);
            }
        }
        return about.toString();
    }

    private static String kept(String text) {
        return text.length() > MAX_KEPT_CHARS ? text.substring(0, MAX_KEPT_CHARS) : text;
    }
}
