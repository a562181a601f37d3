package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.PG2;
import static io.pgproxy.core.OneLoop.sent;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nodes that no session has asked: when we do, and what we make of their answers. */
final class TlsProbesTest {
    private final OneLoop one = new OneLoop();
    private final TlsProbes probes =
            new TlsProbes(one.loop.eventLoop(), one.routes, one.tlsAnswers, one.dialer, new Settings().sessions());
    private long now = System.nanoTime();

    @BeforeEach
    void oneNodeIsKnown() {
        one.publish(Tables.nobody(1, PG1));
    }

    private void roundAfter(long seconds) {
        now += TimeUnit.SECONDS.toNanos(seconds);
        probes.round(now);
        one.turn();
    }

    private EmbeddedChannel probed() {
        one.tlsAnswers.want();
        roundAfter(0);
        return one.dialer.last().connects();
    }

    private boolean isKnown(Candidate node) {
        return !one.tlsAnswers.isDue(node.node(), node.address(), now);
    }

    @Test
    void nobodyIsAskedBeforeAClientWantsToKnow() {
        roundAfter(0);
        assertThat(one.dialer.dials).isEmpty();
    }

    @Test
    void firstClientThatAsksMakesUsAsk() {
        one.receive(one.accept(), Packets.sslRequest());
        roundAfter(0);
        assertThat(one.dialer.last().address).isEqualTo(PG1.address());
    }

    @Test
    void nodeIsAskedForNothingElse() {
        assertThat(sent(probed())).isEqualTo(Packets.sslRequest());
    }

    @ParameterizedTest
    @CsvSource({"S, GRANTED", "N, DECLINED"})
    void answerIsLearnedAndTheConnectionClosed(char letter, TlsAnswer answer) {
        EmbeddedChannel backend = probed();
        one.receive(backend, new byte[] {(byte) letter});
        assertThat(one.tlsAnswers.ofAll(one.routes.current().addresses())).contains(answer);
        assertThat(backend.isOpen()).isFalse();
        assertThat(one.unreleasedBuffers()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"Sx", "E", "G", "NN"})
    void anythingElseTeachesNothing(String answer) {
        EmbeddedChannel backend = probed();
        one.receive(backend, answer.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        assertThat(isKnown(PG1)).isFalse();
        assertThat(backend.isOpen()).isFalse();
    }

    @Test
    void nodeThatIsKnownIsNotAsked() {
        one.tlsAnswers.want();
        one.tlsAnswers.learn(Settings.PG1, PG1.address(), TlsAnswer.GRANTED, now);
        roundAfter(0);
        assertThat(one.dialer.dials).isEmpty();
    }

    @Test
    void oneIsAskedAfterTheOther() {
        one.publish(Tables.nobody(2, PG1, PG2));
        EmbeddedChannel first = probed();
        roundAfter(1);
        assertThat(one.dialer.dials).hasSize(1);
        one.receive(first, new byte[] {'S'});
        roundAfter(1);
        assertThat(one.dialer.dials).hasSize(2);
    }

    @Test
    void nodeThatCannotBeReachedIsAskedAgainLater() {
        one.tlsAnswers.want();
        roundAfter(0);
        one.dialer.last().isRefused();
        roundAfter(9);
        assertThat(one.dialer.dials).hasSize(1);
        roundAfter(1);
        assertThat(one.dialer.dials).hasSize(2);
    }

    @Test
    void nodeThatDoesNotAnswerIsLeft() {
        EmbeddedChannel backend = probed();
        one.advance(4_999);
        assertThat(backend.isOpen()).isTrue();
        one.advance(1);
        assertThat(backend.isOpen()).isFalse();
        roundAfter(10);
        assertThat(one.dialer.dials).hasSize(2);
    }

    @Test
    void nodeThatClosesIsLeft() {
        one.finish(probed());
        roundAfter(10);
        assertThat(one.dialer.dials).hasSize(2);
    }
}
