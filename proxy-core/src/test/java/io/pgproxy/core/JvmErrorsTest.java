package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whoever waits for the end of memory sees it in the log, wherever it came. */
final class JvmErrorsTest {
    private final Throwable error = nested();

    private final OneLoop one = new OneLoop();

    static Stream<Throwable> errors() {
        return Stream.of(new OutOfMemoryError(), nested(), new IOException("broken", nested()));
    }

    private static Throwable nested() {
        return new DecoderException(new OutOfMemoryError("Java heap space"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void openingsErrorIsLoggedAndNotTheClientsFault(Throwable thrown) {
        try (LogLines lines = new LogLines(ClientStartup.class)) {
            one.accept().pipeline().fireExceptionCaught(thrown);
            assertThat(lines.thrown()).containsExactly(thrown);
            assertThat(one.ended(CloseReason.INTERNAL_ERROR)).isEqualTo(1);
        }
    }

    /** As Netty reports an error of a write. */
    private static IOException ofAWrite() {
        return new ChannelOutputShutdownException("Channel output shutdown", new OutOfMemoryError());
    }

    @Test
    void errorOfAClientsRelayIsLoggedAndNotTheClientsFault() {
        EmbeddedChannel client = startedClient();
        one.backendAnswers();
        assertEndsTheSession(client, Relay.class);
    }

    @Test
    void errorOfABackendsRelayIsLoggedAndNotTheBackendsFault() {
        startedClient();
        assertEndsTheSession(one.backendAnswers(), Relay.class);
    }

    @Test
    void errorOfAnAttemptIsLoggedAndNotTheBackendsFault() {
        startedClient();
        assertEndsTheSession(one.dialer.last().connects(), Attempt.class);
    }

    @Test
    void errorOfAConnectIsLoggedAndNotTheBackendsFault() {
        startedClient();
        IOException thrown = new Dialer.NoSocket(new OutOfMemoryError());
        try (LogLines lines = new LogLines(Attempt.class)) {
            one.dialer.last().fails(thrown);
            one.turn();
            assertThat(lines.thrown()).containsExactly(thrown);
            assertThat(one.ended(CloseReason.INTERNAL_ERROR)).isEqualTo(1);
        }
    }

    private EmbeddedChannel startedClient() {
        one.publish(Tables.goTo(1, PG1));
        return one.start("192.0.2.7");
    }

    private void assertEndsTheSession(EmbeddedChannel channel, Class<?> by) {
        IOException thrown = ofAWrite();
        try (LogLines lines = new LogLines(by)) {
            channel.pipeline().fireExceptionCaught(thrown);
            one.turn();
            assertThat(lines.thrown()).containsExactly(thrown);
            assertThat(one.ended(CloseReason.INTERNAL_ERROR)).isEqualTo(1);
        }
    }

    @Test
    void errorOfARefusalIsLogged() {
        EmbeddedChannel client = one.accept();
        one.receive(client, "GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
        assertLogged(client, Refusal.class);
    }

    @Test
    void errorOfACancelRequestIsLogged() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.cancel(1, 4));
        assertLogged(client, CancelRelay.class);
    }

    @Test
    void errorOfACancelRequestsDeliveryIsLogged() {
        one.publish(Tables.goTo(1, PG1));
        one.receive(one.accept(), Packets.cancel(1, 4));
        assertLogged(one.dialer.last().connects(), CancelRelay.class);
    }

    @Test
    void errorOfAnAcceptIsLogged() {
        assertLogged(channelWith(new AcceptTrouble("primary")), AcceptTrouble.class);
    }

    @Test
    void troubleOfAnAcceptIsNoError() {
        try (LogLines lines = new LogLines(AcceptTrouble.class)) {
            channelWith(new AcceptTrouble("primary")).pipeline().fireExceptionCaught(new IOException("too many"));
            assertThat(lines.thrown()).isEmpty();
        }
    }

    private static EmbeddedChannel channelWith(ChannelHandler handler) {
        return new EmbeddedChannel(handler);
    }

    private void assertLogged(EmbeddedChannel channel, Class<?> by) {
        try (LogLines lines = new LogLines(by)) {
            channel.pipeline().fireExceptionCaught(error);
            assertThat(lines.thrown()).containsExactly(error);
        }
    }
}
