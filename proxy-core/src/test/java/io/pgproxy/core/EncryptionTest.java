package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.PG2;
import static io.pgproxy.core.OneLoop.sent;
import static io.pgproxy.core.OneLoop.sentText;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The dance before a session: requests for encryption, their one-byte answers, and what may not come with them. */
final class EncryptionTest {
    private static final byte[] HELLO = {0x16, 3, 1, 0, 1, 9};

    private final OneLoop one = new OneLoop();
    private final EmbeddedChannel client = one.accept();

    @BeforeEach
    void routeToBoth() {
        one.publish(Tables.goTo(1, PG1, PG2));
    }

    private EmbeddedChannel ask(byte[] request) {
        one.receive(client, request);
        return one.dialer.last().connects();
    }

    @Test
    void grantIsHandedToTheClientAndNothingElse() {
        EmbeddedChannel backend = ask(Packets.sslRequest());
        one.receive(backend, new byte[] {'S'});
        assertThat(sent(client)).containsExactly('S');
    }

    @Test
    void handshakeAfterTheGrantIsRelayed() {
        EmbeddedChannel backend = ask(Packets.sslRequest());
        one.receive(backend, new byte[] {'S'});
        sent(backend);
        one.receive(client, HELLO);
        assertThat(sent(backend)).isEqualTo(HELLO);
    }

    @Test
    void startupAfterADeclineGoesToTheSameBackend() {
        EmbeddedChannel backend = ask(Packets.sslRequest());
        one.receive(backend, new byte[] {'N'});
        one.receive(client, Packets.startup("app"));
        assertThat(sent(backend)).isEqualTo(concat(Packets.sslRequest(), Packets.startup("app")));
    }

    @Test
    void startupAfterADeclineNeedsNoLostBackend() {
        EmbeddedChannel backend = ask(Packets.sslRequest());
        one.receive(backend, new byte[] {'N'});
        one.finish(backend);
        one.receive(client, Packets.startup("app"));
        assertThat(sent(one.dialer.last().connects())).isEqualTo(Packets.startup("app"));
    }

    @Test
    void gssThenSslThenStartupReachOneBackend() {
        EmbeddedChannel backend = ask(Packets.gssencRequest());
        one.receive(backend, new byte[] {'N'});
        one.receive(client, Packets.sslRequest());
        one.receive(backend, new byte[] {'N'});
        one.receive(client, Packets.startup("app"));
        assertThat(sent(backend))
                .isEqualTo(concat(Packets.gssencRequest(), concat(Packets.sslRequest(), Packets.startup("app"))));
    }

    @Test
    void secondRequestForTheSameEncryptionIsRefused() {
        EmbeddedChannel backend = ask(Packets.sslRequest());
        one.receive(backend, new byte[] {'N'});
        sent(client);
        one.receive(client, Packets.sslRequest());
        assertThat(sentText(client)).startsWith("E").contains("C08P01");
    }

    @Test
    void bytesFusedToTheRequestAreRefused() {
        one.receive(client, concat(Packets.sslRequest(), HELLO));
        assertThat(sentText(client)).startsWith("E").contains("C08P01");
    }

    @Test
    void bytesBeforeTheAnswerAreRefused() {
        ask(Packets.sslRequest());
        one.receive(client, HELLO);
        assertThat(sentText(client)).startsWith("E").contains("C08P01");
    }

    @Test
    void bytesFusedToTheRequestReachNoBackend() {
        one.receive(client, concat(Packets.sslRequest(), HELLO));
        assertThat(one.dialer.dials).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Sx", "Nx", "E", "x", "SS"})
    void backendThatAnswersAnythingButOneLetterIsLeftForTheNext(String answer) {
        EmbeddedChannel backend = ask(Packets.sslRequest());
        one.receive(backend, answer.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        assertThat(sent(client)).isEmpty();
        assertThat(one.dialer.last().address).isEqualTo(PG2.address());
    }

    @Test
    void backendLostAfterTheGrantEndsTheSession() {
        EmbeddedChannel backend = ask(Packets.sslRequest());
        one.receive(backend, new byte[] {'S'});
        one.finish(backend);
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void backendThatTalksAfterTheGrantEndsTheSession() {
        EmbeddedChannel backend = ask(Packets.sslRequest());
        one.receive(backend, new byte[] {'S'});
        one.receive(backend, new byte[] {'x'});
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void roleLostAfterTheGrantEndsTheSession() {
        EmbeddedChannel backend = ask(Packets.sslRequest());
        one.receive(backend, new byte[] {'S'});
        one.publish(Tables.roleLost(2, Settings.PG1));
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void tableThatOnlyStopsOfferingKeepsAGrantedSession() {
        EmbeddedChannel backend = ask(Packets.sslRequest());
        one.receive(backend, new byte[] {'S'});
        one.publish(Tables.goTo(2, PG2));
        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void tableThatStopsOfferingMovesADeclinedSession() {
        EmbeddedChannel backend = ask(Packets.sslRequest());
        one.receive(backend, new byte[] {'N'});
        one.publish(Tables.goTo(2, PG2));
        one.receive(client, Packets.startup("app"));
        assertThat(one.dialer.last().address).isEqualTo(PG2.address());
    }

    @Test
    void directTlsIsRelayedFromItsFirstRecordOn() {
        EmbeddedChannel backend = ask(HELLO);
        one.receive(client, new byte[] {20, 3});
        assertThat(sent(backend)).isEqualTo(concat(HELLO, new byte[] {20, 3}));
    }

    @Test
    void partOfATlsRecordKeepsNoBackendWaiting() {
        one.receive(client, java.util.Arrays.copyOf(HELLO, HELLO.length - 1));
        assertThat(one.dialer.dials).isEmpty();
    }

    @Test
    void answerToDirectTlsIsHandedToTheClient() {
        EmbeddedChannel backend = ask(HELLO);
        one.receive(backend, new byte[] {0x16, 3, 3});
        assertThat(sent(client)).containsExactly(0x16, 3, 3);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }
}
