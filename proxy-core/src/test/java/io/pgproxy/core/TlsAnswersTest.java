package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.PG2;
import static io.pgproxy.core.TlsAnswer.DECLINED;
import static io.pgproxy.core.TlsAnswer.GRANTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class TlsAnswersTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final TlsAnswers answers = new TlsAnswers(List.of(Settings.PG1), registry);

    private void learn(TlsAnswer answer, long nowNanos) {
        answers.learn(Settings.PG1, PG1.address(), answer, nowNanos);
    }

    private boolean isDue(long nowNanos) {
        return answers.isDue(Settings.PG1, PG1.address(), nowNanos);
    }

    private double figure() {
        return registry.get("pgproxy.node.tls").gauge().value();
    }

    @Test
    void nobodyAnswersForNoNodes() {
        assertThat(answers.ofAll(Map.of())).isEmpty();
    }

    @Test
    void unknownNodeIsDue() {
        assertThat(isDue(0)).isTrue();
    }

    @Test
    void grantIsGoodForAnHour() {
        learn(GRANTED, 0);
        assertThat(isDue(TimeUnit.HOURS.toNanos(1) - 1)).isFalse();
        assertThat(isDue(TimeUnit.HOURS.toNanos(1))).isTrue();
    }

    @Test
    void declineIsGoodForAMinute() {
        learn(DECLINED, 0);
        assertThat(isDue(TimeUnit.MINUTES.toNanos(1) - 1)).isFalse();
        assertThat(isDue(TimeUnit.MINUTES.toNanos(1))).isTrue();
    }

    @Test
    void whatIsOldStillCountsUntilItIsKnownBetter() {
        learn(GRANTED, 0);
        assertThat(answers.ofAll(Map.of(Settings.PG1, PG1.address()))).contains(GRANTED);
        learn(DECLINED, 1);
        assertThat(answers.ofAll(Map.of(Settings.PG1, PG1.address()))).contains(DECLINED);
    }

    @Test
    void sameAnswerAgainMakesItYounger() {
        learn(GRANTED, 0);
        learn(GRANTED, TimeUnit.MINUTES.toNanos(30));
        assertThat(isDue(TimeUnit.MINUTES.toNanos(80))).isFalse();
    }

    @Test
    void nodeThatHasMovedIsDue() {
        learn(GRANTED, 0);
        assertThat(answers.isDue(Settings.PG1, PG2.address(), 1)).isTrue();
    }

    @Test
    void figureOfANodeThatNobodyNamedBeginsWithItsFirstAnswer() {
        assertThat(registry.find("pgproxy.node.tls").tag("node", "found").gauge())
                .isNull();
        answers.learn("found", PG2.address(), GRANTED, 0);
        answers.learn("found", PG2.address(), DECLINED, 1);
        assertThat(registry.get("pgproxy.node.tls").tag("node", "found").gauge().value())
                .isZero();
    }

    @Test
    void figureTellsWhatIsKnown() {
        assertThat(figure()).isNaN();
        learn(GRANTED, 0);
        assertThat(figure()).isEqualTo(1);
        learn(DECLINED, 1);
        assertThat(figure()).isZero();
        answers.forget(Settings.PG1);
        assertThat(figure()).isNaN();
    }
}
