package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.PG2;
import static io.pgproxy.core.OneLoop.sent;
import static io.pgproxy.core.TlsAnswer.DECLINED;
import static io.pgproxy.core.TlsAnswer.GRANTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that are answered before their backend is there, and what their backend is told then. */
final class EarlyAnswerTest {
    private static final byte[] TLS_ALERT = {0x15, 3, 3, 0, 2, 2, 80};
    private static final byte[] SERVER_HELLO = {0x16, 3, 3, 0, 1, 2};

    private final Settings settings = new Settings();

    /** Both nodes are known, nobody is a candidate, and each answers so. */
    private OneLoop nobody(TlsAnswer ofPg1, TlsAnswer ofPg2) {
        OneLoop one = new OneLoop(settings);
        learn(one, PG1, ofPg1);
        learn(one, PG2, ofPg2);
        one.publish(Tables.nobody(1, PG1, PG2));
        return one;
    }

    private static void learn(OneLoop one, Candidate node, TlsAnswer answer) {
        one.tlsAnswers.learn(node.node(), node.address(), answer, System.nanoTime());
    }

    private static EmbeddedChannel ask(OneLoop one, byte[] request) {
        EmbeddedChannel client = one.accept();
        one.receive(client, request);
        return client;
    }

    /** One that has its S. */
    private static EmbeddedChannel promised(OneLoop one) {
        EmbeddedChannel client = ask(one, Packets.sslRequest());
        one.advance(2_000);
        assertThat(sent(client)).containsExactly('S');
        return client;
    }

    /** One that has its S and has said hello. */
    private static EmbeddedChannel greeting(OneLoop one) {
        EmbeddedChannel client = promised(one);
        one.receive(client, Packets.clientHello());
        return client;
    }

    private static EmbeddedChannel release(OneLoop one) {
        one.publish(Tables.goTo(2, PG1));
        return one.dialer.last().connects();
    }

    @Test
    void whatEveryNodeGrantsIsGrantedAfterTwoSeconds() {
        OneLoop one = nobody(GRANTED, GRANTED);
        EmbeddedChannel client = ask(one, Packets.sslRequest());
        one.advance(1_999);
        assertThat(sent(client)).isEmpty();
        one.advance(1);
        assertThat(sent(client)).containsExactly('S');
    }

    @Test
    void whatEveryNodeDeclinesIsDeclined() {
        OneLoop one = nobody(DECLINED, DECLINED);
        EmbeddedChannel client = ask(one, Packets.sslRequest());
        one.advance(2_000);
        assertThat(sent(client)).containsExactly('N');
    }

    @Test
    void nodesThatDifferLeaveTheClientWaiting() {
        OneLoop one = nobody(GRANTED, DECLINED);
        EmbeddedChannel client = ask(one, Packets.sslRequest());
        one.advance(59_000);
        assertThat(sent(client)).isEmpty();
    }

    @Test
    void oneUnknownNodeLeavesTheClientWaitingUntilItIsKnown() {
        OneLoop one = nobody(GRANTED, GRANTED);
        one.tlsAnswers.forget(Settings.PG2);
        EmbeddedChannel client = ask(one, Packets.sslRequest());
        one.advance(10_000);
        assertThat(sent(client)).isEmpty();
        learn(one, PG2, GRANTED);
        one.advance(250);
        assertThat(sent(client)).containsExactly('S');
    }

    @Test
    void whatANodeSaidAtAnotherAddressDoesNotCount() {
        OneLoop one = nobody(GRANTED, GRANTED);
        one.tlsAnswers.learn(Settings.PG2, PG1.address(), GRANTED, System.nanoTime());
        EmbeddedChannel client = ask(one, Packets.sslRequest());
        one.advance(10_000);
        assertThat(sent(client)).isEmpty();
    }

    @Test
    void withTheKeyOffTheClientWaits() {
        settings.earlyTlsAnswer = false;
        OneLoop one = nobody(GRANTED, GRANTED);
        EmbeddedChannel tls = ask(one, Packets.sslRequest());
        EmbeddedChannel gss = ask(one, Packets.gssencRequest());
        one.advance(10_000);
        assertThat(sent(tls)).isEmpty();
        assertThat(sent(gss)).isEmpty();
    }

    @Test
    void answerOfTheBackendIsAwaitedWhereItIsQuick() {
        OneLoop one = nobody(DECLINED, DECLINED);
        EmbeddedChannel client = ask(one, Packets.sslRequest());
        one.receive(release(one), new byte[] {'S'});
        one.advance(3_000);
        assertThat(sent(client)).containsExactly('S');
    }

    @Test
    void helloWaitsForTheBackendsOwnGrant() {
        OneLoop one = nobody(GRANTED, GRANTED);
        greeting(one);
        EmbeddedChannel backend = release(one);
        assertThat(sent(backend)).isEqualTo(Packets.sslRequest());
        one.receive(backend, new byte[] {'S'});
        assertThat(sent(backend)).isEqualTo(Packets.clientHello());
    }

    @Test
    void backendsGrantIsNotToldASecondTime() {
        OneLoop one = nobody(GRANTED, GRANTED);
        EmbeddedChannel client = greeting(one);
        EmbeddedChannel backend = release(one);
        one.receive(backend, new byte[] {'S'});
        one.receive(backend, SERVER_HELLO);
        assertThat(sent(client)).isEqualTo(SERVER_HELLO);
    }

    @Test
    void sessionGoesOnAsAnyOther() {
        OneLoop one = nobody(GRANTED, GRANTED);
        EmbeddedChannel client = greeting(one);
        EmbeddedChannel backend = release(one);
        one.receive(backend, new byte[] {'S'});
        one.receive(backend, SERVER_HELLO);
        sent(client);
        sent(backend);
        one.receive(client, new byte[] {20, 3, 3});
        one.receive(backend, new byte[] {23, 3, 3});
        assertThat(sent(backend)).containsExactly(20, 3, 3);
        assertThat(sent(client)).containsExactly(23, 3, 3);
    }

    @Test
    void helloInPiecesArrivesWholeAndBehindTheGrant() {
        OneLoop one = nobody(GRANTED, GRANTED);
        EmbeddedChannel client = promised(one);
        one.receive(client, new byte[] {0x16, 3});
        EmbeddedChannel backend = release(one);
        one.receive(client, new byte[] {1, 0});
        assertThat(sent(backend)).isEqualTo(Packets.sslRequest());
        one.receive(backend, new byte[] {'S'});
        one.receive(client, new byte[] {5, 1});
        assertThat(sent(backend)).containsExactly(0x16, 3, 1, 0, 5, 1);
    }

    @Test
    void whatIsKeptIsNotLookedInto() {
        OneLoop one = nobody(GRANTED, GRANTED);
        EmbeddedChannel client = promised(one);
        one.receive(client, Packets.startup("app"));
        EmbeddedChannel backend = release(one);
        assertThat(sent(backend)).isEqualTo(Packets.sslRequest());
        one.receive(backend, new byte[] {'S'});
        assertThat(sent(backend)).isEqualTo(Packets.startup("app"));
    }

    @Test
    void clientThatSaysHelloAfterTheBackendsGrantIsRelayed() {
        OneLoop one = nobody(GRANTED, GRANTED);
        EmbeddedChannel client = promised(one);
        EmbeddedChannel backend = release(one);
        one.receive(backend, new byte[] {'S'});
        sent(backend);
        one.receive(client, Packets.clientHello());
        assertThat(sent(backend)).isEqualTo(Packets.clientHello());
        assertThat(sent(client)).isEmpty();
    }

    @Test
    void backendThatWasAskedBeforeThePromiseIsNotAskedAgain() {
        OneLoop one = nobody(GRANTED, GRANTED);
        EmbeddedChannel client = ask(one, Packets.sslRequest());
        EmbeddedChannel backend = release(one);
        one.advance(2_000);
        one.receive(client, Packets.clientHello());
        assertThat(sent(backend)).isEqualTo(Packets.sslRequest());
        one.receive(backend, new byte[] {'S'});
        assertThat(sent(backend)).isEqualTo(Packets.clientHello());
        assertThat(sent(client)).containsExactly('S');
    }

    @Test
    void backendThatDeclinesWhatWasPromisedHearsNothing() {
        OneLoop one = nobody(GRANTED, GRANTED);
        EmbeddedChannel client = greeting(one);
        EmbeddedChannel backend = release(one);
        one.receive(backend, new byte[] {'N'});
        assertThat(sent(backend)).isEqualTo(Packets.sslRequest());
        assertThat(sent(client)).isEqualTo(TLS_ALERT);
        assertThat(one.ended(CloseReason.TLS_CHANGED)).isEqualTo(1);
    }

    @Test
    void declineThatWasNotExpectedIsLearned() {
        OneLoop one = nobody(GRANTED, GRANTED);
        greeting(one);
        one.receive(release(one), new byte[] {'N'});
        one.publish(Tables.nobody(3, PG1));
        EmbeddedChannel next = ask(one, Packets.sslRequest());
        one.advance(2_000);
        assertThat(sent(next)).containsExactly('N');
    }

    @ParameterizedTest
    @ValueSource(strings = {"Sx", "Nx", "E", "G", "SS"})
    void backendWithAnyOtherAnswerHearsNothingAndIsForgotten(String answer) {
        OneLoop one = nobody(GRANTED, GRANTED);
        EmbeddedChannel client = greeting(one);
        EmbeddedChannel backend = release(one);
        one.receive(backend, answer.getBytes(StandardCharsets.US_ASCII));
        assertThat(sent(backend)).isEqualTo(Packets.sslRequest());
        assertThat(backend.isOpen()).isFalse();
        assertThat(sent(client)).isEmpty();
        assertThat(one.tlsAnswers.isDue(Settings.PG1, PG1.address(), System.nanoTime()))
                .isTrue();
    }

    @Test
    void helloIsToldToTheNextNodeIfTheFirstHangsUpOnIt() {
        OneLoop one = nobody(GRANTED, GRANTED);
        greeting(one);
        one.publish(Tables.goTo(2, PG1, PG2));
        EmbeddedChannel first = one.dialer.last().connects();
        one.receive(first, new byte[] {'S'});
        one.finish(first);
        EmbeddedChannel second = one.dialer.last().connects();
        assertThat(sent(second)).isEqualTo(Packets.sslRequest());
        one.receive(second, new byte[] {'S'});
        assertThat(sent(second)).isEqualTo(Packets.clientHello());
    }

    @Test
    void silenceBeforeTheGrantIsTheBackendsFault() {
        OneLoop one = nobody(GRANTED, GRANTED);
        EmbeddedChannel client = promised(one);
        release(one);
        one.advance(5_001);
        assertThat(one.connectFailures).hasSize(1);
        assertThat(sent(client)).isEmpty();
    }

    @Test
    void moreThanCanBeKeptIsRefusedInTls() {
        OneLoop one = nobody(GRANTED, GRANTED);
        EmbeddedChannel client = promised(one);
        one.receive(client, new byte[32 * 1024]);
        assertThat(sent(client)).isEmpty();
        one.receive(client, new byte[1]);
        assertThat(sent(client)).isEqualTo(TLS_ALERT);
    }

    @Test
    void endOfTheHoldIsToldInTls() {
        OneLoop one = nobody(GRANTED, GRANTED);
        EmbeddedChannel client = promised(one);
        one.advance(60_000);
        assertThat(sent(client)).isEqualTo(TLS_ALERT);
    }

    @Test
    void drainIsToldInTls() {
        OneLoop one = nobody(GRANTED, GRANTED);
        EmbeddedChannel client = promised(one);
        one.loop.drain();
        assertThat(sent(client)).isEqualTo(TLS_ALERT);
    }

    @Test
    void promisedClientThatLeavesIsDialledForNoMore() {
        OneLoop one = nobody(GRANTED, GRANTED);
        one.finish(greeting(one));
        one.publish(Tables.goTo(2, PG1));
        assertThat(one.dialer.dials).isEmpty();
        assertThat(one.unreleasedBuffers()).isZero();
        assertThat(one.admission.parked().used()).isZero();
    }

    @Test
    void afterADeclineNoBackendIsAskedForTls() {
        OneLoop one = nobody(DECLINED, DECLINED);
        EmbeddedChannel client = ask(one, Packets.sslRequest());
        one.advance(2_000);
        one.receive(client, Packets.startup("app"));
        assertThat(sent(release(one))).isEqualTo(Packets.startup("app"));
    }

    @Test
    void backendThatWasAskedBeforeTheDeclineIsLeft() {
        OneLoop one = nobody(DECLINED, DECLINED);
        EmbeddedChannel client = ask(one, Packets.sslRequest());
        EmbeddedChannel asked = release(one);
        one.advance(2_000);
        assertThat(asked.isOpen()).isFalse();
        one.receive(client, Packets.startup("app"));
        assertThat(sent(one.dialer.last().connects())).isEqualTo(Packets.startup("app"));
    }

    @Test
    void declinedClientKeepsItsPlaceAmongThoseThatWait() {
        settings.maxParked = 1;
        OneLoop one = nobody(DECLINED, DECLINED);
        EmbeddedChannel client = ask(one, Packets.sslRequest());
        one.advance(2_000);
        one.start("192.0.2.8"); // finds no place
        one.receive(client, Packets.startup("app"));
        assertThat(sent(client)).containsExactly('N');
        assertThat(one.ended(CloseReason.PARKED_LIMIT)).isEqualTo(1);
    }

    @Test
    void declinedClientThatLeavesGivesItsPlaceBack() {
        OneLoop one = nobody(DECLINED, DECLINED);
        EmbeddedChannel client = ask(one, Packets.sslRequest());
        one.advance(2_000);
        one.finish(client);
        assertThat(one.admission.parked().used()).isZero();
    }

    @Test
    void tableForADeclinedClientThatSaysNothingDialsNobody() {
        OneLoop one = nobody(DECLINED, DECLINED);
        ask(one, Packets.sslRequest());
        one.advance(2_000);
        one.publish(Tables.goTo(2, PG1));
        assertThat(one.dialer.dials).isEmpty();
    }

    @Test
    void gssEncryptionIsDeclinedWhateverIsKnown() {
        OneLoop one = nobody(GRANTED, DECLINED);
        EmbeddedChannel client = ask(one, Packets.gssencRequest());
        one.advance(2_000);
        assertThat(sent(client)).containsExactly('N');
    }

    @Test
    void tlsMayFollowADeclinedGssEncryption() {
        OneLoop one = nobody(GRANTED, GRANTED);
        EmbeddedChannel client = ask(one, Packets.gssencRequest());
        one.advance(2_000);
        one.receive(client, Packets.sslRequest());
        one.advance(2_000);
        assertThat(sent(client)).containsExactly('N', 'S');
        one.receive(client, Packets.clientHello());
        EmbeddedChannel backend = release(one);
        one.receive(backend, new byte[] {'S'});
        assertThat(sent(backend)).isEqualTo(concat(Packets.sslRequest(), Packets.clientHello()));
    }

    @Test
    void startupPacketThatWaitsIsNotAnswered() {
        OneLoop one = nobody(GRANTED, GRANTED);
        EmbeddedChannel client = ask(one, Packets.startup("app"));
        one.advance(10_000);
        assertThat(sent(client)).isEmpty();
    }

    @Test
    void sessionsTellWhatTheirBackendAnswers() {
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.goTo(1, PG1));
        ask(one, Packets.sslRequest());
        one.receive(one.dialer.last().connects(), new byte[] {'S'});
        one.publish(Tables.nobody(2, PG1));
        promised(one);
    }

    @Test
    void answerToGssEncryptionTellsNothingOfTls() {
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.goTo(1, PG1));
        ask(one, Packets.gssencRequest());
        one.receive(one.dialer.last().connects(), new byte[] {'N'});
        assertThat(one.tlsAnswers.isDue(Settings.PG1, PG1.address(), System.nanoTime()))
                .isTrue();
    }

    @Test
    void earlyAnswersAreCounted() {
        OneLoop one = nobody(GRANTED, GRANTED);
        promised(one);
        assertThat(one.registry
                        .get("pgproxy.listener.early.answers")
                        .tag("answer", "granted")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }

    /** What its server says from then on is records, whatever they look like. */
    @Test
    void sessionThatWasPromisedTlsEndsWithoutAWord() {
        settings.farewell = true;
        OneLoop one = nobody(GRANTED, GRANTED);
        EmbeddedChannel client = greeting(one);
        EmbeddedChannel backend = release(one);
        one.receive(backend, new byte[] {'S'});
        one.receive(backend, Packets.authenticationOk());
        assertThat(sent(client)).isEqualTo(Packets.authenticationOk());
        one.publish(Tables.roleLost(3, Settings.PG1));
        assertThat(sent(client)).isEmpty();
        assertThat(client.isOpen()).isFalse();
    }
}
