package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.sent;
import static io.pgproxy.core.OneLoop.sentText;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What a refused client sees, by what it asked for; and the deadlines before a session. */
final class RefusalTest {
    private static final byte[] TLS_ALERT = {0x15, 3, 3, 0, 2, 2, 80};

    private final OneLoop one = new OneLoop(withoutEarlyAnswers());
    private final EmbeddedChannel client = one.accept();

    /** What is looked at here is the answer that comes with the refusal. */
    private static Settings withoutEarlyAnswers() {
        Settings settings = new Settings();
        settings.earlyTlsAnswer = false;
        return settings;
    }

    private void holdExpiresAfter(byte[] request) {
        one.publish(Tables.nobody(1, "no primary"));
        one.receive(client, request);
        one.advance(60_000);
    }

    @Test
    void startupMessageIsAnsweredByTheError() {
        holdExpiresAfter(Packets.startup("app"));
        assertThat(sentText(client)).startsWith("E").contains("no primary");
    }

    @Test
    void requestForEncryptionIsDeclinedFirst() {
        holdExpiresAfter(Packets.sslRequest());
        assertThat(sentText(client)).isEqualTo("N");
    }

    @Test
    void declinedClientThatGoesOnIsAnsweredByTheError() {
        holdExpiresAfter(Packets.sslRequest());
        sent(client);
        one.receive(client, Packets.startup("app"));
        assertThat(sentText(client)).startsWith("E").contains("no primary");
    }

    @Test
    void startupMessageOfADeclinedClientMayComeInPieces() {
        holdExpiresAfter(Packets.sslRequest());
        sent(client);
        for (byte b : Packets.startup("app")) {
            one.receive(client, new byte[] {b});
        }
        assertThat(sentText(client)).startsWith("E").contains("no primary");
    }

    @Test
    void bothEncryptionsAreDeclinedBeforeTheError() {
        holdExpiresAfter(Packets.gssencRequest());
        one.receive(client, Packets.sslRequest());
        one.receive(client, Packets.startup("app"));
        assertThat(sentText(client)).startsWith("NNE");
    }

    @Test
    void thirdRequestForEncryptionIsAnsweredByTheError() {
        holdExpiresAfter(Packets.gssencRequest());
        one.receive(client, Packets.sslRequest());
        one.receive(client, Packets.sslRequest());
        assertThat(sentText(client)).startsWith("NNE");
    }

    @Test
    void directTlsGetsAnAlertAndNoPlaintext() {
        holdExpiresAfter(new byte[] {0x16, 3, 1, 0, 1, 9});
        assertThat(sent(client)).isEqualTo(TLS_ALERT);
    }

    @Test
    void otherProtocolsAreToldSo() {
        one.receive(client, "GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(sentText(client)).startsWith("E").contains("C08P01\0");
    }

    @Test
    void refusedClientThatLingersIsClosed() {
        one.receive(client, "GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
        one.advance(4_999);
        assertThat(client.isOpen()).isTrue();
        one.advance(1);
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void refusedClientThatFinishesIsClosed() {
        one.receive(client, "GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
        one.finish(client);
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void clientThatSaysNothingIsRefusedInTime() {
        one.advance(10_000);
        assertThat(sentText(client)).contains("C08P01\0", "no whole startup packet came in time");
    }

    @Test
    void clientThatSaidNothingTakesNoPlaceOfThePoliteOnes() {
        one.advance(10_000);
        assertThat(client.isOpen()).isFalse();
        assertThat(one.admission.refusals().used()).isZero();
    }

    @Test
    void startupDeadlineIsNotRenewedByProgress() {
        for (int i = 0; i < 7; i++) {
            one.advance(1_250);
            one.receive(client, new byte[] {Packets.startup("app")[i]});
        }
        one.advance(1_250);
        assertThat(sentText(client)).contains("C08P01\0");
    }

    @Test
    void declinedClientThatFallsSilentIsRefusedInTime() {
        one.publish(Tables.goTo(1, PG1));
        one.receive(client, Packets.sslRequest());
        one.receive(one.dialer.last().connects(), new byte[] {'N'});
        sent(client);
        one.advance(10_000);
        assertThat(sentText(client)).contains("C08P01\0");
    }

    @Test
    void grantedClientThatFallsSilentGetsAnAlertAndNoPlaintext() {
        one.publish(Tables.goTo(1, PG1));
        one.receive(client, Packets.sslRequest());
        one.receive(one.dialer.last().connects(), new byte[] {'S'});
        sent(client);
        one.advance(10_000);
        assertThat(sent(client)).containsExactly(0x15, 0x03, 0x03, 0, 2, 2, 80);
        one.advance(5_000);
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void sessionBeyondTheLimitIsToldSo() {
        Settings settings = new Settings();
        settings.maxSessions = 1;
        OneLoop small = new OneLoop(settings);
        small.start("192.0.2.7");
        EmbeddedChannel second = small.start("192.0.2.8");
        assertThat(sentText(second)).contains("C53300\0", "there are 1 sessions already");
    }

    @Test
    void whoWasLetInIsNotPutOutForWhoCameLater() {
        Settings settings = new Settings();
        settings.maxSessions = 1;
        OneLoop small = new OneLoop(settings);
        small.publish(Tables.goTo(1, PG1));
        EmbeddedChannel first = small.accept();
        small.receive(first, Packets.sslRequest());
        EmbeddedChannel backend = small.dialer.last().connects();
        small.receive(backend, new byte[] {'N'});
        small.start("192.0.2.8");
        small.receive(first, Packets.startup("app"));
        assertThat(sent(backend)).endsWith(Packets.startup("app"));
    }

    @Test
    void tlsClientThatIsTooSlowGetsAnAlertAndNoPlaintext() {
        one.receive(client, new byte[] {0x16, 3, 1, 0, 9});
        one.advance(10_000);
        assertThat(sent(client)).isEqualTo(TLS_ALERT);
    }
}
