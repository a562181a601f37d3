package io.pgproxy.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogQueueTest {
    private final SlowReader reader = new SlowReader();
    private final LogQueue queue = new LogQueue(Events.context(), reader);

    /** Takes nothing until it is told to. */
    private static final class SlowReader extends AppenderBase<ILoggingEvent> {
        private final CountDownLatch reads = new CountDownLatch(1);
        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            boolean interrupted = false;
            while (true) {
                try {
                    reads.await();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true; // as a write into a full pipe does not end either
                }
            }
            lines.add(event.getFormattedMessage());
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @BeforeEach
    void start() {
        reader.start();
        queue.start();
    }

    @AfterEach
    void readAndStop() {
        reader.reads.countDown();
        queue.stop();
    }

    private void log(Level level, int lines) {
        for (int i = 0; i < lines; i++) {
            queue.doAppend(Events.event(level, "a line"));
        }
    }

    @Test
    void nothingIsLostWhileThereIsRoom() {
        log(Level.INFO, LogQueue.MAX_LESS_URGENT_LINES);

        assertThat(queue.lost()).isZero();
    }

    @Test
    void whatTheReaderDoesNotTakeIsCounted() {
        log(Level.WARN, LogQueue.MAX_LINES + 7);

        assertThat(queue.lost()).isEqualTo(7);
    }

    @Test
    void aWarningHasRoomWhenOtherLinesHaveNone() {
        log(Level.INFO, LogQueue.MAX_LINES);
        long lost = queue.lost();
        log(Level.WARN, 1);
        log(Level.ERROR, 1);
        log(Level.DEBUG, 1);

        assertThat(lost).isEqualTo(LogQueue.MAX_LINES - LogQueue.MAX_LESS_URGENT_LINES);
        assertThat(queue.lost()).isEqualTo(lost + 1);
    }

    @Test
    void lossesAreToldOnceWhenThereIsRoomAgain() {
        log(Level.WARN, LogQueue.MAX_LINES + 7);
        readAndStop();

        assertThat(reader.lines)
                .hasSize(LogQueue.MAX_LINES + 1)
                .containsOnlyOnce("7 lines of the log were lost, because its reader was too slow");
        assertThat(reader.lines.get(LogQueue.MAX_LINES / 2))
                .isEqualTo("7 lines of the log were lost, because its reader was too slow");
    }
}
