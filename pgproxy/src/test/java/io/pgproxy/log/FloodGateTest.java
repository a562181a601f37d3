package io.pgproxy.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.Test;

class FloodGateTest {
    private final ListAppender<ILoggingEvent> written = new ListAppender<>();
    private long nowNanos;
    private final FloodGate gate = gate();

    private FloodGate gate() {
        written.start();
        FloodGate created = new FloodGate(written, () -> nowNanos);
        created.setContext(Events.context());
        created.start();
        return created;
    }

    private List<String> messages() {
        return written.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private void log(int times, String pattern, Object... arguments) {
        for (int i = 0; i < times; i++) {
            gate.doAppend(Events.event(Level.WARN, pattern, arguments));
        }
    }

    @Test
    void aFloodBecomesAFewLinesAndTheirSum() {
        log(25, "client {} refused", "a");
        nowNanos = FloodLimit.WINDOW_NANOS;
        gate.tellWhatIsOver();

        assertThat(messages()).hasSize(21).endsWith("... 5 more lines like: client {} refused");
        ILoggingEvent sum = written.list.get(20);
        assertThat(sum.getLevel()).isEqualTo(Level.WARN);
        assertThat(sum.getLoggerName()).isEqualTo("io.pgproxy.core.Relay");
    }

    @Test
    void theSumComesBeforeTheNextLine() {
        log(25, "client {} refused", "a");
        nowNanos = FloodLimit.WINDOW_NANOS;
        log(1, "client {} refused", "b");

        assertThat(messages().subList(20, 22))
                .containsExactly("... 5 more lines like: client {} refused", "client b refused");
    }

    @Test
    void textWithoutAPatternIsItsOwnKind() {
        for (int i = 0; i < 30; i++) {
            log(1, "{}", "node pg" + i + " UNKNOWN -> UP");
        }

        assertThat(messages()).hasSize(30);
    }

    @Test
    void whatWasLeftOutIsToldAtTheEnd() {
        log(25, "client {} refused", "a");
        gate.stop();

        assertThat(messages()).endsWith("... 5 more lines like: client {} refused");
        assertThat(written.isStarted()).isFalse();
    }
}
