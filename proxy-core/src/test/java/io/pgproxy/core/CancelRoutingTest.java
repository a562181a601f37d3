package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.PG2;
import static io.pgproxy.core.OneLoop.sent;
import static io.pgproxy.core.ProxyHeaders.concat;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.pgproxy.core.RelayHandler.Side;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A cancel goes where its query runs, as far as that can be known. */
final class CancelRoutingTest {
    private static final String CLIENT = "192.0.2.7";
    private static final Source SOURCE = Source.of(OneLoop.ip(CLIENT));

    private final Settings settings = new Settings();

    private OneLoop one() {
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.goTo(1, PG1, PG2));
        return one;
    }

    /** A plaintext session on the first node, whose backend has said that after AuthenticationOk. */
    private static EmbeddedChannel session(OneLoop one, byte[]... said) {
        EmbeddedChannel client = one.start(CLIENT);
        EmbeddedChannel backend = one.backendAnswers();
        assertThat(one.dialer.last().address).isEqualTo(PG1.address());
        for (byte[] bytes : said) {
            one.receive(backend, bytes);
        }
        return client;
    }

    /** Where that packet goes. */
    private static List<InetSocketAddress> cancel(OneLoop one, byte[] packet) {
        int before = one.dialer.dials.size();
        one.receive(one.accept(CLIENT), packet);
        return one.dialer.dials.stream()
                .skip(before)
                .map(dialed -> dialed.address)
                .toList();
    }

    private static int counted(OneLoop one, String by) {
        return (int) one.registry
                .get("pgproxy.listener.cancels")
                .tag("by", by)
                .counter()
                .count();
    }

    @Test
    void goesToTheNodeThatHasGivenOutItsKey() {
        OneLoop one = one();
        session(one, Packets.backendKeyData(4711, 4), Packets.readyForQuery());
        assertThat(cancel(one, Packets.cancel(4711, 4))).containsExactly(PG1.address());
        assertThat(sent(one.dialer.last().connects())).isEqualTo(Packets.cancel(4711, 4));
        assertThat(counted(one, "key")).isEqualTo(1);
    }

    @Test
    void longKeyLeadsThereToo() {
        OneLoop one = one();
        session(one, concat(Packets.parameterStatus("a", "b"), Packets.backendKeyData(4711, 256)));
        assertThat(cancel(one, Packets.cancel(4711, 256))).containsExactly(PG1.address());
    }

    @Test
    void keyThatComesWithTheFirstAnswerIsSeen() {
        OneLoop one = one();
        one.start(CLIENT);
        EmbeddedChannel backend = one.dialer.last().connects();
        one.receive(backend, concat(Packets.authenticationOk(), Packets.backendKeyData(4711, 4)));
        assertThat(cancel(one, Packets.cancel(4711, 4))).containsExactly(PG1.address());
    }

    @Test
    void keyIsPassedOnToTheClientAsItIs() {
        OneLoop one = one();
        byte[] key = Packets.backendKeyData(4711, 4);
        EmbeddedChannel client = session(one, key, Packets.readyForQuery(), new byte[] {1, 2, 3});
        assertThat(sent(client))
                .isEqualTo(concat(Packets.authenticationOk(), key, Packets.readyForQuery(), new byte[] {1, 2, 3}));
    }

    @Test
    void nothingIsReadAnyMoreOnceTheKeyIsKnown() {
        OneLoop one = one();
        session(one);
        EmbeddedChannel backend = one.dialer.last().channel;
        assertThat(backend.pipeline().get(KeyWatch.class)).isNotNull();
        one.receive(backend, Packets.backendKeyData(4711, 4));
        assertThat(backend.pipeline().get(KeyWatch.class)).isNull();
    }

    @Test
    void nothingIsReadAnyMoreOnceTheServerIsReady() {
        OneLoop one = one();
        session(one, Packets.readyForQuery(), Packets.backendKeyData(4711, 4));
        assertThat(one.dialer.last().channel.pipeline().get(KeyWatch.class)).isNull();
        assertThat(cancel(one, Packets.cancel(4711, 4))).containsExactlyInAnyOrder(PG1.address(), PG2.address());
    }

    @Test
    void unknownKeyGoesToAllNodesOfItsListener() {
        OneLoop one = one();
        session(one, Packets.backendKeyData(4711, 4));
        assertThat(cancel(one, Packets.cancel(4712, 4))).containsExactlyInAnyOrder(PG1.address(), PG2.address());
        assertThat(counted(one, "listener")).isEqualTo(1);
    }

    /** Whoever guesses learns nothing of what is right about it: the process alone leads nowhere. */
    @Test
    void wrongSecretOfARightProcessIsAnUnknownKey() {
        OneLoop one = one();
        session(one, Packets.backendKeyData(4711, 4));
        byte[] wrong = Packets.cancel(4711, 4);
        wrong[wrong.length - 1]++;
        assertThat(cancel(one, wrong)).containsExactlyInAnyOrder(PG1.address(), PG2.address());
    }

    @Test
    void keyGoesWithItsSession() {
        OneLoop one = one();
        EmbeddedChannel client = session(one, Packets.backendKeyData(4711, 4));
        assertThat(one.listener.keys().size()).isEqualTo(1);
        client.close();
        assertThat(one.listener.keys().size()).isZero();
        assertThat(cancel(one, Packets.cancel(4711, 4))).containsExactlyInAnyOrder(PG1.address(), PG2.address());
    }

    @Test
    void nodeThatGetsNoNewSessionsStillGetsItsCancels() {
        OneLoop one = one();
        session(one, Packets.backendKeyData(4711, 4));
        one.publish(Tables.goTo(2, PG2));
        assertThat(cancel(one, Packets.cancel(4711, 4))).containsExactly(PG1.address());
    }

    @Test
    void whatTheLogSaysOfItNamesNoKey() {
        OneLoop one = one();
        session(one, Packets.backendKeyData(4711, 4));
        try (LogLines lines = new LogLines(SessionEnd.class)) {
            cancel(one, Packets.cancel(4711, 4));
            assertThat(lines.all()).hasSize(1);
            assertThat(lines.all().get(0))
                    .endsWith("cancel_done, by its key to 192.0.2.1:5432")
                    .doesNotContain("4711");
        }
    }

    @Test
    void switchedOffItGoesEverywhere() {
        settings.cancelRouting = false;
        OneLoop one = one();
        session(one, Packets.backendKeyData(4711, 4));
        assertThat(one.dialer.last().channel.pipeline().get(KeyWatch.class)).isNull();
        assertThat(cancel(one, Packets.cancel(4711, 4))).containsExactlyInAnyOrder(PG1.address(), PG2.address());
    }

    // ---- encrypted ---------------------------------------------------------------------------------------------

    /** An encrypted session on the first node, whose client has spoken last. */
    private static EmbeddedChannel sealedSession(OneLoop one) {
        EmbeddedChannel client = one.accept(CLIENT);
        one.receive(client, Packets.sslRequest());
        one.receive(one.dialer.last().connects(), new byte[] {'S'});
        one.receive(client, Packets.clientHello());
        return client;
    }

    /** Where the next encrypted connection of the client belongs, when its sessions have waited long enough. */
    private static Set<InetSocketAddress> drawing(OneLoop one) {
        return one.listener.sealed().drawing(SOURCE, System.nanoTime() + TimeUnit.MINUTES.toNanos(1));
    }

    @Test
    void encryptedBytesAreNotTakenForAKey() {
        OneLoop one = one();
        sealedSession(one);
        one.receive(one.dialer.last().channel, Packets.backendKeyData(4711, 4));
        assertThat(one.listener.keys().size()).isZero();
    }

    @Test
    void encryptedSessionWaitsWhileItsClientHasSpokenLast() {
        OneLoop one = one();
        EmbeddedChannel client = sealedSession(one);
        assertThat(drawing(one)).containsExactly(PG1.address());
        one.receive(one.dialer.last().channel, new byte[] {1});
        assertThat(drawing(one)).isEmpty();
        one.receive(client, new byte[] {1});
        assertThat(drawing(one)).containsExactly(PG1.address());
        client.close();
        assertThat(one.listener.sealed().clients()).isZero();
    }

    @Test
    void directTlsIsEncryptedToo() {
        OneLoop one = one();
        one.receive(one.accept(CLIENT), Packets.clientHello());
        one.receive(one.dialer.last().connects(), new byte[] {0x16, 3, 3});
        assertThat(one.listener.sealed().clients()).isEqualTo(1);
        assertThat(one.listener.keys().size()).isZero();
    }

    /** A session of that client on the second node has waited for an answer for a while. */
    private static void waitOnTheSecond(OneLoop one) {
        SealedSession waiting = new SealedSession(PG2.address(), () -> System.nanoTime() - TimeUnit.MINUTES.toNanos(1));
        waiting.spoke(Side.CLIENT);
        one.listener.sealed().add(SOURCE, waiting);
    }

    /** Where a connection that begins so goes. */
    private static InetSocketAddress dialedFor(OneLoop one, String client, byte[] firstPacket) {
        one.receive(one.accept(client), firstPacket);
        return one.dialer.last().address;
    }

    @Test
    void encryptedConnectionGoesWhereItsClientsQueryRuns() {
        OneLoop one = one();
        waitOnTheSecond(one);
        assertThat(dialedFor(one, CLIENT, Packets.sslRequest())).isEqualTo(PG2.address());
        assertThat(dialedFor(one, CLIENT, Packets.gssencRequest())).isEqualTo(PG2.address());
        assertThat(dialedFor(one, CLIENT, Packets.clientHello())).isEqualTo(PG2.address());
    }

    @Test
    void onlySoManyFollowOneQuery() {
        OneLoop one = one();
        waitOnTheSecond(one);
        for (int i = 0; i < SealedSession.MAX_DRAWN; i++) {
            assertThat(dialedFor(one, CLIENT, Packets.sslRequest())).isEqualTo(PG2.address());
        }
        assertThat(dialedFor(one, CLIENT, Packets.sslRequest())).isEqualTo(PG1.address());
    }

    @Test
    void encryptedConnectionOfAnotherClientIsBalanced() {
        OneLoop one = one();
        waitOnTheSecond(one);
        assertThat(dialedFor(one, "192.0.2.8", Packets.sslRequest())).isEqualTo(PG1.address());
    }

    @Test
    void sessionThatCanBeReadIsBalanced() {
        OneLoop one = one();
        waitOnTheSecond(one);
        assertThat(dialedFor(one, CLIENT, Packets.startup("app"))).isEqualTo(PG1.address());
    }

    @Test
    void lastResortStaysTheLastResort() {
        OneLoop one = one();
        waitOnTheSecond(one);
        Candidate reserve = new Candidate(PG2.node(), PG2.address(), Role.FALLBACK, 1, 100);
        one.publish(Tables.goTo(2, PG1, reserve));
        assertThat(dialedFor(one, CLIENT, Packets.sslRequest())).isEqualTo(PG1.address());
    }

    @Test
    void nodeThatDoesNotAnswerIsNotWaitedForASecondTime() {
        OneLoop one = one();
        waitOnTheSecond(one);
        one.receive(one.accept(CLIENT), Packets.sslRequest());
        one.dialer.last().isRefused();
        assertThat(one.dialer.last().address).isEqualTo(PG1.address());
    }

    @Test
    void switchedOffEncryptedConnectionsAreBalanced() {
        settings.cancelRouting = false;
        OneLoop one = one();
        waitOnTheSecond(one);
        assertThat(dialedFor(one, CLIENT, Packets.sslRequest())).isEqualTo(PG1.address());
    }

    @Test
    void switchedOffEncryptedSessionsAreNotRemembered() {
        settings.cancelRouting = false;
        OneLoop one = one();
        sealedSession(one);
        assertThat(one.listener.counts().established().get()).isEqualTo(1);
        assertThat(one.listener.sealed().clients()).isZero();
    }
}
