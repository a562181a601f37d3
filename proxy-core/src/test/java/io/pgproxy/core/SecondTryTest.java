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

    /** A server that trusts the client may have acted upon them, though we saw no answer. */
    @Test
    void wordsBehindTheFirstPacketAreNotSaidToItAgain() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.startup("app"));
        one.receive(client, new byte[] {'Q'});
        hangUp();
        rest();
        assertThat(sentText(client)).contains("C08006\0");
        assertThat(one.dialer.dials).hasSize(1);
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
