package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.sent;
import static io.pgproxy.core.OneLoop.sentText;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which clients hear why their session ends, and that no others do. */
final class LastWordsTest {
    /** DataRow's header, which promises 100 bytes. */
    private static final byte[] BEGINNING_OF_A_ROW = {'D', 0, 0, 0, 104, 0, 1};

    private final OneLoop one = new OneLoop(saying(true));

    private static Settings saying(boolean farewell) {
        Settings settings = new Settings();
        settings.farewell = farewell;
        return settings;
    }

    /** A client that asked for something and has its session, with the answer to that taken. */
    private static EmbeddedChannel establish(OneLoop one, byte[] asked) {
        one.publish(Tables.goTo(one.routes.current().version() + 1, PG1));
        EmbeddedChannel client = one.accept();
        one.receive(client, asked);
        one.backendAnswers();
        sent(client);
        return client;
    }

    private EmbeddedChannel establish() {
        return establish(one, Packets.startup("app"));
    }

    private EmbeddedChannel backend() {
        return one.dialer.last().channel;
    }

    private static void loseTheRole(OneLoop one) {
        one.publish(Tables.roleLost(one.routes.current().version() + 1, Settings.PG1));
    }

    @Test
    void clientBetweenTwoMessagesHearsWhoWhereAndWhy() {
        EmbeddedChannel client = establish();
        loseTheRole(one);
        assertThat(sent(client))
                .isEqualTo(Packets.error(
                        "57P01",
                        "pgproxy: cluster \"main\": the session on pg1 ends, role lost: role replica (was primary)"));
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void clientWithinAMessageHearsNothing() {
        EmbeddedChannel client = establish();
        one.receive(backend(), BEGINNING_OF_A_ROW);
        loseTheRole(one);
        assertThat(sent(client)).isEqualTo(BEGINNING_OF_A_ROW);
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void clientHearsItWhenTheMessageHasEnded() {
        EmbeddedChannel client = establish();
        one.receive(backend(), BEGINNING_OF_A_ROW);
        one.receive(backend(), new byte[104 + 1 - BEGINNING_OF_A_ROW.length]);
        sent(client);
        loseTheRole(one);
        assertThat(sentText(client)).startsWith("E");
    }

    @Test
    void nobodyHearsAnythingWhereItIsOff() {
        OneLoop silent = new OneLoop(saying(false));
        EmbeddedChannel client = establish(silent, Packets.startup("app"));
        loseTheRole(silent);
        assertThat(sent(client)).isEmpty();
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void replicationIsClosedWithoutAWord() {
        byte[] parameters = "user\0app\0replication\0database\0\0".getBytes(StandardCharsets.US_ASCII);
        EmbeddedChannel client = establish(one, Packets.packet(Packets.VERSION_3_0, parameters));
        loseTheRole(one);
        assertThat(sent(client)).isEmpty();
    }

    @Test
    void protocolWithoutLengthsIsClosedWithoutAWord() {
        EmbeddedChannel client = establish(one, Packets.packet(2 << 16, new byte[288]));
        loseTheRole(one);
        assertThat(sent(client)).isEmpty();
    }

    @Test
    void directTlsIsClosedWithoutAWord() {
        EmbeddedChannel client = establish(one, Packets.clientHello());
        loseTheRole(one);
        assertThat(sent(client)).isEmpty();
    }

    /** The records that the server sends then may well look like messages. */
    @ParameterizedTest
    @ValueSource(chars = {'S', 'G'})
    void grantedEncryptionIsClosedWithoutAWord(char granted) {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.accept();
        one.receive(client, granted == 'S' ? Packets.sslRequest() : Packets.gssencRequest());
        one.receive(one.dialer.last().connects(), new byte[] {(byte) granted});
        one.receive(client, Packets.clientHello());
        one.receive(backend(), Packets.authenticationOk());
        sent(client);
        loseTheRole(one);
        assertThat(sent(client)).isEmpty();
    }

    @Test
    void clientThatWasDeclinedEncryptionHearsIt() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.sslRequest());
        one.receive(one.dialer.last().connects(), new byte[] {ServerMessage.DECLINED});
        one.receive(client, Packets.startup("app"));
        one.receive(backend(), Packets.authenticationOk());
        sent(client);
        loseTheRole(one);
        assertThat(sentText(client)).startsWith("E").contains("C57P01\0");
    }

    @Test
    void whoWasToldAllByItsServerHearsNoMore() {
        EmbeddedChannel client = establish();
        one.finish(backend());
        loseTheRole(one);
        assertThat(sent(client)).isEmpty();
    }

    @Test
    void wordsComeBehindEverythingThatTheBackendSaid() {
        EmbeddedChannel client = establish();
        Unread unread = new Unread();
        client.pipeline().addFirst(unread);
        one.receive(backend(), Packets.authenticationOk());
        loseTheRole(one);
        assertThat(client.isOpen()).isTrue();
        unread.read(client);
        one.turn();
        assertThat(sentText(client)).startsWith("R").contains("C57P01\0");
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void clientThatReadsNothingIsClosedSoonAllTheSame() {
        EmbeddedChannel client = establish();
        client.pipeline().addFirst(new Unread());
        loseTheRole(one);
        one.advance(LastWords.PATIENCE_MILLIS - 1);
        assertThat(client.isOpen()).isTrue();
        one.advance(1);
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void backendIsClosedAtOnceHoweverSlowlyItsClientReads() {
        EmbeddedChannel client = establish();
        client.pipeline().addFirst(new Unread());
        loseTheRole(one);
        assertThat(backend().isOpen()).isFalse();
        assertThat(one.load.on(Settings.PG1)).isZero();
        assertThat(one.listener.counts().established().get()).isZero();
    }

    /** Nobody may have more connections than places, were it for a second. */
    @Test
    void clientsPlaceIsItsOwnUntilItsConnectionIsClosed() {
        EmbeddedChannel client = establish();
        client.pipeline().addFirst(new Unread());
        loseTheRole(one);
        assertThat(one.admission.sessions().used()).isEqualTo(1);
        one.advance(LastWords.PATIENCE_MILLIS);
        assertThat(one.admission.sessions().used()).isZero();
    }

    @Test
    void placeOfAClientThatReadsIsGivenBackAtOnce() {
        establish();
        loseTheRole(one);
        assertThat(one.admission.sessions().used()).isZero();
    }

    @Test
    void whatTheClientStillSaysIsForNobody() {
        EmbeddedChannel client = establish();
        client.pipeline().addFirst(new Unread());
        loseTheRole(one);
        one.receive(client, new byte[1_000]);
        assertThat(one.unreleasedBuffers()).isZero();
    }

    @Test
    void stopIsTold() {
        EmbeddedChannel client = establish();
        one.loop.endAll();
        one.turn();
        assertThat(sentText(client)).contains("C57P01\0", "the session on pg1 ends, shutdown");
    }

    @Test
    void endThatIsNotOursIsNotTold() {
        EmbeddedChannel client = establish();
        backend().close();
        one.turn();
        assertThat(sent(client)).isEmpty();
        assertThat(client.isOpen()).isFalse();
    }
}
