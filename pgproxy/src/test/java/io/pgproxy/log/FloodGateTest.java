package io.pgproxy.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FloodGateTest {
    private final ListAppender<ILoggingEvent> written = new ListAppender<>();
    private long nowNanos;
    private final FloodGate gate = gate();

    private FloodGate gate() {
        written.start();
        FloodGate created = new FloodGate(written, Set.of("protocol_violation", "internal_error"), () -> nowNanos);
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

        assertThat(messages()).hasSize(21).endsWith("... 5 more lines like: client a refused");
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
                .containsExactly("... 5 more lines like: client a refused", "client b refused");
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

        assertThat(messages()).endsWith("... 5 more lines like: client a refused");
        assertThat(written.isStarted()).isFalse();
    }

    @Test
    void aListenersFloodDoesNotSilenceAnother() {
        log(1_000, "listener {}: {} refused: {}", "primary", 5, "no room");
        log(1, "listener {}: {} refused: {}", "replicas", 5, "no room");

        assertThat(messages()).hasSize(21).endsWith("listener replicas: 5 refused: no room");
    }

    @Test
    void aReasonsFloodDoesNotSilenceAnother() {
        String pattern = "listener {}: {} ended: {}{}";
        log(1_000, pattern, "primary", "10.0.0.1", "protocol_violation", "");
        log(1, pattern, "primary", "10.0.0.1", "internal_error", "");

        assertThat(messages()).hasSize(21).endsWith("listener primary: 10.0.0.1 ended: internal_error");
    }

    @Test
    void whatStrangersChooseMakesNoKinds() {
        for (int i = 0; i < 30; i++) {
            log(1, "cannot answer {}", "/" + i);
            log(1, "listener {}: {} refused", "primary", "10.0.0." + i);
        }

        assertThat(messages()).hasSize(40);
    }

    @Test
    void theSumOfManyKindsShowsOneOfThem() {
        for (int i = 0; i < FloodLimit.MAX_KINDS + FloodLimit.MAX_LINES + 5; i++) {
            log(1, "{}", "text " + i);
        }
        gate.stop();

        assertThat(messages()).endsWith("... 5 more lines of many kinds, as: text " + FloodLimit.MAX_KINDS);
    }
}
