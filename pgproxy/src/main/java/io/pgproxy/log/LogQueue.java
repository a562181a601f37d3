package io.pgproxy.log;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lines on their way to the thread that writes them. A relay loop must not wait for whoever reads our output: when the
 * reader is too slow, lines are lost, the less urgent ones first. They are counted, and a line tells of them as soon as
 * half of the room is free again. Safe from any thread.
 */
final class LogQueue extends AsyncAppender {
    static final int MAX_LINES = 4096;
    /** The rest is kept for warnings and errors. */
    static final int MAX_LESS_URGENT_LINES = MAX_LINES * 8 / 10;

    private static final int MAX_FLUSH_MILLIS = 2_000;

    private final Appender<ILoggingEvent> next;
    /** Those that are not yet written; counted here, since the queue does not say whether it took a line. */
    private final AtomicInteger waiting = new AtomicInteger();

    private final AtomicLong lost = new AtomicLong();
    /** Of those lost as many as were told of; the writing thread's own. */
    private long told;

    LogQueue(LoggerContext context, Appender<ILoggingEvent> next) {
        this.next = next;
        setContext(context);
        setQueueSize(MAX_LINES);
        setDiscardingThreshold(0);
        setNeverBlock(true);
        setMaxFlushTime(MAX_FLUSH_MILLIS);
        Writer writer = new Writer();
        writer.setContext(context);
        writer.start();
        addAppender(writer);
    }

    /** How many lines were lost since the start. */
    long lost() {
        return lost.get();
    }

    @Override
    protected void append(ILoggingEvent event) {
        int room = event.getLevel().isGreaterOrEqual(Level.WARN) ? MAX_LINES : MAX_LESS_URGENT_LINES;
        boolean taken = false;
        try {
            if (waiting.incrementAndGet() <= room) {
                super.append(event);
                taken = true;
            }
        } finally { // a line that cannot be made must not hold its place for ever
            if (!taken) {
                waiting.decrementAndGet();
                lost.incrementAndGet();
            }
        }
    }

    /** Confined to the thread that writes. */
    private final class Writer extends UnsynchronizedAppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            try {
                next.doAppend(event);
            } finally {
                if (waiting.decrementAndGet() <= MAX_LINES / 2) {
                    tellOfTheLost();
                }
            }
        }

        private void tellOfTheLost() {
            long untold = lost.get() - told;
            if (untold > 0 && getContext() instanceof LoggerContext context) {
                told += untold;
                String text = untold + " lines of the log were lost, because its reader was too slow";
                next.doAppend(new LoggingEvent(
                        LogQueue.class.getName(),
                        context.getLogger(LogQueue.class.getName()),
                        Level.WARN,
                        text,
                        null,
                        null));
            }
        }

        @Override
        public void stop() {
            super.stop();
            next.stop();
        }
    }
}
