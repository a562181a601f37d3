package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.PG2;
import static io.pgproxy.core.OneLoop.sent;
import static io.pgproxy.core.OneLoop.sentText;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

/** A mistake of ours in the search for a backend ends its own session, blames no node and leaves nobody waiting. */
final class OwnMistakesTest {
    private final OneLoop one = new OneLoop();

    @Test
    void mistakeInAnAttemptIsNotTheNodesFailure() {
        one.publish(Tables.goTo(1, PG1, PG2));
        EmbeddedChannel client = one.start("192.0.2.7");
        try (LogLines lines = new LogLines(Attempt.class)) {
            one.dialer.last().connects().pipeline().fireExceptionCaught(new IllegalStateException("a planted mistake"));
            assertThat(lines.all()).hasSize(1);
        }
        assertThat(one.connectFailures).isEmpty();
        assertThat(one.dialer.dials).hasSize(1);
        assertThat(client.isOpen()).isFalse();
        assertThat(one.ended(CloseReason.INTERNAL_ERROR)).isEqualTo(1);
    }

    @Test
    void mistakeWhenAConnectIsDoneEndsTheSession() {
        one.publish(Tables.goTo(1, PG1, PG2));
        EmbeddedChannel client = one.start("192.0.2.7");
        one.dialer.breaks();
        one.dialer.last().isRefused();
        assertThat(client.isOpen()).isFalse();
        assertThat(one.ended(CloseReason.INTERNAL_ERROR)).isEqualTo(1);
    }

    @Test
    void mistakeAfterABackendHasHungUpEndsTheSession() {
        one.publish(Tables.goTo(1, PG1, PG2));
        EmbeddedChannel client = one.start("192.0.2.7");
        EmbeddedChannel backend = one.dialer.last().connects();
        one.dialer.breaks();
        one.finish(backend);
        assertThat(client.isOpen()).isFalse();
        assertThat(one.ended(CloseReason.INTERNAL_ERROR)).isEqualTo(1);
    }

    @Test
    void mistakeInARetryKeepsNobodyElseWaiting() {
        EmbeddedChannel unlucky = one.start("192.0.2.7");
        one.start("192.0.2.8");
        one.dialer.breaks();
        one.publish(Tables.goTo(1, PG1));
        assertThat(unlucky.isOpen()).isFalse();
        assertThat(one.ended(CloseReason.INTERNAL_ERROR)).isEqualTo(1);
        assertThat(sent(one.dialer.last().connects())).isEqualTo(Packets.startup("app"));
    }

    @Test
    void placeOfAFailedSessionIsGivenBack() {
        one.start("192.0.2.7");
        one.dialer.breaks();
        one.publish(Tables.goTo(1, PG1));
        assertThat(one.admission.parked().used()).isZero();
        assertThat(one.listener.nodes().onTheFullest()).isZero();
    }

    /** The dialer never answers, which only a mistake could make it do. */
    @Test
    void attemptThatNeverEndsIsNotWaitedForEither() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.start("192.0.2.7");
        one.advance(60_000);
        one.advance(2_000 + 5_000 - 1);
        assertThat(sentText(client)).isEmpty();
        one.advance(1);
        assertThat(sentText(client)).contains("C57P03\0");
    }

    @Test
    void answerInTheLastMomentIsRelayed() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.start("192.0.2.7");
        one.advance(60_000);
        one.advance(6_999);
        one.backendAnswers();
        one.advance(60_000);
        assertThat(sent(client)).isEqualTo(Packets.authenticationOk());
        assertThat(client.isOpen()).isTrue();
    }
}
