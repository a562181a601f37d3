package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A backend resets while its client does not read: what is left for the client occupies nothing of the node. */
final class LostBackendTest {
    private final OneLoop one = new OneLoop();
    private Unread unread = new Unread();
    private EmbeddedChannel client;
    private EmbeddedChannel backend;

    @BeforeEach
    void loseTheBackendOfAClientThatDoesNotRead() {
        one.publish(Tables.goTo(1, PG1));
        haveUnreadBytes();
        reset();
    }

    private void haveUnreadBytes() {
        client = one.start("192.0.2.7");
        backend = one.backendAnswers();
        OneLoop.sent(client);
        unread = new Unread();
        client.pipeline().addFirst(unread);
        one.receive(backend, new byte[1_000]);
    }

    private void reset() {
        backend.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
        one.turn();
    }

    @Test
    void placeOnTheNodeIsGivenBackAtOnce() {
        assertThat(one.listener.nodes().onTheFullest()).isZero();
    }

    @Test
    void backendsSocketIsClosedAtOnce() {
        assertThat(backend.isOpen()).isFalse();
    }

    @Test
    void clientThatReadsNothingIsEndedAfterTheHalfCloseTimeout() {
        one.advance(59_999);
        assertThat(one.ended(CloseReason.BACKEND_RESET)).isZero();
        one.advance(1);
        assertThat(one.ended(CloseReason.BACKEND_RESET)).isEqualTo(1);
    }

    @Test
    void placeIsGivenBackOnceOnly() {
        one.start("192.0.2.8");
        one.advance(60_000);
        assertThat(one.listener.nodes().onTheFullest()).isEqualTo(1);
    }

    @Test
    void clientThatFinishesAndReadsNothingIsEndedAfterTheHalfCloseTimeoutToo() {
        one.finish(client);
        one.advance(60_000);
        assertThat(one.ended(CloseReason.BACKEND_RESET)).isEqualTo(1);
    }

    @Test
    void clientThatFinishesCanStillReadWhatIsLeft() {
        one.finish(client);
        assertReadsWhatIsLeft();
    }

    @Test
    void clientThatFinishesAfterABackendThatFinishedAndResetCanStillReadWhatIsLeft() {
        haveUnreadBytes();
        one.finish(backend);
        reset();
        one.finish(client);
        assertReadsWhatIsLeft();
    }

    private void assertReadsWhatIsLeft() {
        unread.read(client);
        one.turn();
        assertThat(OneLoop.sent(client)).hasSize(1_000);
        assertThat(one.ended(CloseReason.BACKEND_RESET)).isEqualTo(1);
    }
}
