package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.PG2;
import static io.pgproxy.core.OneLoop.sent;
import static io.pgproxy.core.OneLoop.sentText;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Backends that end the connection on the client's first words: maybe as an answer, so it is no failure of theirs. */
final class HungUpTest {
    private static final byte[] HELLO = {0x16, 3, 1, 0, 1, 9};

    private final OneLoop one = new OneLoop();

    private EmbeddedChannel hungUpOn(byte[] words) {
        EmbeddedChannel client = one.accept();
        one.receive(client, words);
        one.finish(one.dialer.last().connects());
        return client;
    }

    /** They have rested, and are told once more. */
    private void hangUpAgain() {
        one.advance(3_000);
        one.advance(100);
        one.finish(one.dialer.last().connects());
    }

    @Test
    void clientOfDirectTlsGetsAnAlertWhenNoNewTableComes() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = hungUpOn(HELLO);
        one.advance(2_999);
        assertThat(sent(client)).isEmpty();
        hangUpAgain();
        assertThat(sent(client)).startsWith(21, 3);
        assertThat(one.ended(CloseReason.BACKEND_HUNG_UP)).isEqualTo(1);
    }

    @Test
    void everyCandidateIsToldBeforeOneIsToldAgain() {
        one.publish(Tables.goTo(1, PG1, PG2));
        EmbeddedChannel client = hungUpOn(HELLO);
        assertThat(sent(client)).isEmpty();
        one.finish(one.dialer.last().connects());
        one.advance(2_999);
        assertThat(one.dialer.dials).extracting(dial -> dial.address).containsExactly(PG1.address(), PG2.address());
        hangUpAgain();
        assertThat(sent(client)).isEmpty();
        one.finish(one.dialer.last().connects());
        assertThat(sent(client)).startsWith(21, 3);
    }

    @Test
    void noNodeIsBlamed() {
        one.publish(Tables.goTo(1, PG1));
        hungUpOn(HELLO);
        hungUpOn(Packets.startup("app"));
        hungUpOn(Packets.sslRequest());
        assertThat(one.connectFailures).isEmpty();
    }

    @Test
    void resetIsNotTheNodesFaultEither() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.accept();
        one.receive(client, HELLO);
        one.dialer.last().connects().pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
        hangUpAgain();
        assertThat(one.connectFailures).isEmpty();
        assertThat(sent(client)).startsWith(21, 3);
    }

    @Test
    void serverThatWaitsForTheRestOfATlsRecordIsNotBlamed() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.accept();
        one.receive(client, HELLO);
        one.dialer.last().connects();
        one.advance(5_001);
        assertThat(one.connectFailures).isEmpty();
        assertThat(sent(client)).startsWith(21, 3);
        assertThat(one.ended(CloseReason.STARTUP_TIMEOUT)).isEqualTo(1);
    }

    @Test
    void serverThatDoesNotAnswerAWholeTlsHelloIsBlamed() {
        one.publish(Tables.goTo(1, PG1));
        one.receive(one.accept(), Packets.clientHello());
        one.dialer.last().connects();
        one.advance(5_001);
        assertThat(one.connectFailures).hasSize(1);
    }

    @Test
    void serverThatDoesNotAnswerATlsHelloOfTwoRecordsIsBlamed() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.accept();
        one.receive(client, new byte[] {0x16, 3, 1, 0, 2, 1, 0});
        one.dialer.last().connects();
        one.receive(client, new byte[] {0x16, 3, 1, 0, 3, 0, 1, 9});
        one.advance(5_001);
        assertThat(one.connectFailures).hasSize(1);
    }

    @Test
    void clientOfDirectTlsWaitsForAServerThatDoesNotAnswer() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.clientHello());
        one.dialer.last().connects();
        one.advance(5_001);
        assertThat(sent(client)).isEmpty();
        one.advance(100);
        assertThat(sent(one.dialer.last().connects())).isEqualTo(Packets.clientHello());
    }

    @Test
    void newTableGivesDirectTlsAnotherTry() {
        one.publish(Tables.goTo(1, PG1));
        hungUpOn(Packets.clientHello());
        one.advance(2_999);
        one.publish(Tables.goTo(2, PG2));
        assertThat(sent(one.dialer.last().connects())).isEqualTo(Packets.clientHello());
    }

    @Test
    void serverThatDoesNotAnswerAStartupPacketIsBlamed() {
        one.publish(Tables.goTo(1, PG1));
        one.receive(one.accept(), Packets.startup("app"));
        one.dialer.last().connects();
        one.advance(5_001);
        assertThat(one.connectFailures).hasSize(1);
    }

    @Test
    void sameWordsAreNotSaidAgainAtOnceUnderTheSameTable() {
        one.publish(Tables.goTo(1, PG1));
        hungUpOn(Packets.startup("app"));
        one.advance(2_999);
        assertThat(one.dialer.dials).hasSize(1);
    }

    @Test
    void newcomerDoesNotWaitBehindIt() {
        one.publish(Tables.goTo(1, PG1));
        hungUpOn(Packets.startup("app"));
        one.start("192.0.2.7");
        assertThat(one.dialer.dials).hasSize(2);
    }

    /** As in a switchover: a server that is being stopped closes what it has not answered. */
    @Test
    void newTableGivesAnotherTry() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = hungUpOn(Packets.startup("app"));
        one.advance(2_999);
        one.publish(Tables.nobody(2, "no primary"));
        one.advance(30_000);
        assertThat(sent(client)).isEmpty();
        one.publish(Tables.goTo(3, PG2));
        assertThat(sent(one.dialer.last().connects())).isEqualTo(Packets.startup("app"));
    }

    @Test
    void clientIsToldWhenNoNewTableComes() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = hungUpOn(Packets.startup("app"));
        hangUpAgain();
        assertThat(sentText(client)).contains("C08006\0", "pg1 at 192.0.2.1:5432 closed the connection");
    }

    @Test
    void itsPlaceAmongThoseThatWaitIsGivenBack() {
        one.publish(Tables.goTo(1, PG1));
        hungUpOn(Packets.startup("app"));
        hangUpAgain();
        assertThat(one.admission.parked().used()).isZero();
    }

    /** Its place is none of those that a flood of refused clients can fill. */
    @Test
    void itIsHeardOutAsOneThatHasWaited() {
        one.publish(Tables.goTo(1, PG1));
        hungUpOn(Packets.sslRequest());
        hangUpAgain();
        assertThat(one.ended(CloseReason.BACKEND_HUNG_UP)).isEqualTo(1);
        assertThat(one.admission.disappointments().used()).isEqualTo(1);
        assertThat(one.admission.refusals().used()).isZero();
    }

    @Test
    void drainRefusesIt() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = hungUpOn(Packets.startup("app"));
        one.loop.drain();
        assertThat(sentText(client)).contains("C57P01\0");
    }

    @Test
    void whoRefusedTheConnectIsTriedAgainAndWhoHungUpIsNot() {
        one.publish(Tables.goTo(1, PG1, PG2));
        hungUpOn(Packets.startup("app"));
        one.dialer.last().isRefused();
        one.advance(100);
        assertThat(one.dialer.dials)
                .extracting(dial -> dial.address)
                .containsExactly(PG1.address(), PG2.address(), PG2.address());
    }
}
