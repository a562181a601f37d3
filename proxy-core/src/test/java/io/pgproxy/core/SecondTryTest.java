package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.PG2;
import static io.pgproxy.core.OneLoop.sent;
import static io.pgproxy.core.OneLoop.sentText;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** A server that was started anew between two checks, which no table tells of: who it hung up on asks once more. */
final class SecondTryTest {
    private final OneLoop one = new OneLoop();

    private EmbeddedChannel hungUpOn(byte[] words) {
        EmbeddedChannel client = one.accept();
        one.receive(client, words);
        hangUp();
        return client;
    }

    private void hangUp() {
        one.finish(one.dialer.last().connects());
    }

    /** Until the second try. */
    private void rest() {
        one.advance(3_000);
        one.advance(100);
    }

    private long dialsTo(InetSocketAddress address) {
        return one.dialer.dials.stream()
                .filter(dial -> dial.address.equals(address))
                .count();
    }

    @Test
    void hangUpIsAHintToLookSooner() {
        one.publish(Tables.goTo(1, PG1));
        hungUpOn(Packets.startup("app"));
        assertThat(one.backendCloses).containsExactly(Settings.PG1);
    }

    @Test
    void serverThatIsBackAnswers() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = hungUpOn(Packets.startup("app"));
        rest();
        one.backendAnswers();
        assertThat(sent(client)).isEqualTo(Packets.authenticationOk());
    }

    @Test
    void serverThatIsBackAnswersARequestForEncryption() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = hungUpOn(Packets.sslRequest());
        rest();
        one.receive(one.dialer.last().connects(), new byte[] {'S'});
        assertThat(sent(client)).containsExactly('S');
    }

    @Test
    void serverThatIsStillDownIsWaitedFor() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = hungUpOn(Packets.startup("app"));
        rest();
        one.dialer.last().isRefused();
        one.advance(100);
        one.backendAnswers();
        assertThat(sent(client)).isEqualTo(Packets.authenticationOk());
    }

    @Test
    void serverThatHangsUpAgainIsNotAskedAThirdTime() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = hungUpOn(Packets.startup("app"));
        rest();
        hangUp();
        assertThat(sentText(client)).contains("C08006\0");
        one.advance(60_000);
        assertThat(one.dialer.dials).hasSize(2);
    }

    @Test
    void eachCandidateIsToldTwiceAndNoMore() {
        one.publish(Tables.goTo(1, PG1, PG2));
        EmbeddedChannel client = hungUpOn(Packets.startup("app"));
        hangUp();
        rest();
        hangUp();
        hangUp();
        assertThat(sentText(client)).contains("C08006\0");
        assertThat(dialsTo(PG1.address())).isEqualTo(2);
        assertThat(dialsTo(PG2.address())).isEqualTo(2);
    }

    @Test
    void serverThatIsBackIsFoundBesideOneThatIsDown() {
        one.publish(Tables.goTo(1, PG1, PG2));
        hungUpOn(Packets.startup("app"));
        for (int i = 0; i < 31; i++) {
            assertThat(dialsTo(PG1.address())).isEqualTo(1);
            one.dialer.last().isRefused();
            one.advance(100);
        }
        assertThat(dialsTo(PG1.address())).isEqualTo(2);
    }

    /** A server that trusts the client could act upon them, and hang up before we see its answer. */
    @Test
    void wordsBehindTheStartupPacketAreSaidToTheServerThatHasAnsweredOnly() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.accept();
        byte[] startup = Packets.startup("app");
        one.receive(client, startup);
        one.receive(client, new byte[] {'Q'});
        EmbeddedChannel first = one.dialer.last().connects();
        assertThat(sent(first)).isEqualTo(startup);
        one.finish(first);
        rest();
        EmbeddedChannel second = one.dialer.last().connects();
        assertThat(sent(second)).isEqualTo(startup);
        one.receive(second, Packets.authenticationOk());
        assertThat(sent(second)).containsExactly('Q');
    }

    @Test
    void helloOfSeveralRecordsIsSaidWhole() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.accept();
        byte[] firstRecord = {0x16, 3, 1, 0, 1, 1};
        byte[] secondRecord = {0x16, 3, 1, 0, 3, 0, 0, 0};
        one.receive(client, firstRecord);
        EmbeddedChannel first = one.dialer.last().connects();
        one.receive(client, secondRecord);
        assertThat(sent(first)).hasSize(14);
        one.finish(first);
        rest();
        assertThat(sent(one.dialer.last().connects())).hasSize(14);
    }

    @Test
    void clientThatLeavesIsNotSpokenForAgain() {
        one.publish(Tables.goTo(1, PG1));
        one.finish(hungUpOn(Packets.startup("app")));
        rest();
        assertThat(one.dialer.dials).hasSize(1);
    }

    @Test
    void holdThatEndsFirstIsTheEnd() {
        Settings settings = new Settings();
        settings.hold = java.time.Duration.ofSeconds(2);
        OneLoop impatient = new OneLoop(settings);
        impatient.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = impatient.start("192.0.2.7");
        impatient.finish(impatient.dialer.last().connects());
        impatient.advance(2_000);
        assertThat(sentText(client)).contains("C57P03\0");
        impatient.advance(1_000);
        impatient.advance(100);
        assertThat(impatient.dialer.dials).hasSize(1);
    }
}
