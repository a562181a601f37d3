package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.PG2;
import static io.pgproxy.core.OneLoop.sent;
import static io.pgproxy.core.OneLoop.sentText;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The search for a backend: which one, when again, and what a new table does to it. */
final class OpeningTest {
    private final OneLoop one = new OneLoop();

    @Test
    void sendsTheStartupPacketToTheCandidate() {
        one.publish(Tables.goTo(1, PG1));
        one.receive(one.accept(), Packets.startup("app"));
        assertThat(sent(one.dialer.last().connects())).isEqualTo(Packets.startup("app"));
    }

    @Test
    void handsTheBackendsAnswerToTheClient() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.startup("app"));
        one.receive(one.dialer.last().connects(), Packets.authenticationOk());
        assertThat(sent(client)).isEqualTo(Packets.authenticationOk());
    }

    @Test
    void connectsNowhereBeforeThePacketIsWhole() {
        one.publish(Tables.goTo(1, PG1));
        byte[] packet = Packets.startup("app");
        one.receive(one.accept(), java.util.Arrays.copyOf(packet, packet.length - 1));
        assertThat(one.dialer.dials).isEmpty();
    }

    @Test
    void sendsWhatCameAfterTheStartupPacketOnceItIsAnswered() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.startup("app"));
        one.receive(client, new byte[] {1, 2});
        EmbeddedChannel backend = one.dialer.last().connects();
        one.receive(client, new byte[] {3});
        assertThat(sent(backend)).isEqualTo(Packets.startup("app"));
        one.receive(backend, Packets.authenticationOk());
        assertThat(sent(backend)).containsExactly(1, 2, 3);
    }

    @Test
    void relaysBothWaysOnceAnswered() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.startup("app"));
        EmbeddedChannel backend = one.dialer.last().connects();
        one.receive(backend, Packets.authenticationOk());
        sent(backend);
        one.receive(client, new byte[] {42});
        assertThat(sent(backend)).containsExactly(42);
    }

    @Test
    void tablePublishedDuringTheConnectIsSeenWhenItIsDone() {
        one.publish(Tables.goTo(1, PG1));
        one.receive(one.accept(), Packets.startup("app"));
        // Visible, and not yet told to the loop: only the second look can know.
        one.routes.publish(Tables.goTo(2, PG2));
        EmbeddedChannel demoted = one.dialer.dials.get(0).connects();
        assertThat(sent(demoted)).isEmpty();
        assertThat(demoted.isOpen()).isFalse();
        one.turn();
        assertThat(one.dialer.last().address).isEqualTo(PG2.address());
    }

    @Test
    void tableToldDuringTheConnectEndsTheAttempt() {
        one.publish(Tables.goTo(1, PG1));
        one.receive(one.accept(), Packets.startup("app"));
        one.publish(Tables.goTo(2, PG2));
        // Only the sweep can have done this: the first connect still hangs.
        assertThat(one.dialer.last().address).isEqualTo(PG2.address());
    }

    @Test
    void tableToldWhileTheBackendIsSilentEndsTheAttempt() {
        one.publish(Tables.goTo(1, PG1));
        one.receive(one.accept(), Packets.startup("app"));
        EmbeddedChannel demoted = one.dialer.last().connects();
        one.publish(Tables.goTo(2, PG2));
        assertThat(demoted.isOpen()).isFalse();
    }

    @Test
    void backendThatLostItsRoleWhileAskedIsNotRelayed() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.startup("app"));
        EmbeddedChannel backend = one.dialer.last().connects();
        one.receive(backend, Packets.authenticationOk());
        one.publish(Tables.roleLost(2, Settings.PG1));
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void lateConnectOfAnAbandonedAttemptIsClosed() {
        one.publish(Tables.goTo(1, PG1));
        one.receive(one.accept(), Packets.startup("app"));
        one.publish(Tables.goTo(2, PG2));
        assertThat(one.dialer.dials.get(0).connects().isOpen()).isFalse();
    }

    @Test
    void refusedConnectGoesToTheNextCandidate() {
        one.publish(Tables.goTo(1, PG1, PG2));
        one.receive(one.accept(), Packets.startup("app"));
        one.dialer.last().isRefused();
        assertThat(one.dialer.dials).extracting(dial -> dial.address).containsExactly(PG1.address(), PG2.address());
    }

    @Test
    void refusedConnectIsToldWithItsReason() {
        one.publish(Tables.goTo(1, PG1));
        one.receive(one.accept(), Packets.startup("app"));
        one.dialer.last().isRefused();
        assertThat(one.connectFailures)
                .containsExactly("pg1: cannot connect to pg1 at 192.0.2.1:5432: Connection refused");
    }

    @Test
    void serverThatIsStartingUpIsNotTheClientsBusiness() {
        one.publish(Tables.goTo(1, PG1, PG2));
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.startup("app"));
        one.receive(one.dialer.last().connects(), Packets.error("57P03", "the database system is starting up"));
        assertThat(sent(client)).isEmpty();
        assertThat(one.dialer.last().address).isEqualTo(PG2.address());
    }

    @Test
    void startingUpIsUnderstoodByteByByte() {
        one.publish(Tables.goTo(1, PG1, PG2));
        one.receive(one.accept(), Packets.startup("app"));
        EmbeddedChannel backend = one.dialer.last().connects();
        for (byte b : Packets.error("57P03", "the database system is starting up")) {
            one.receive(backend, new byte[] {b});
        }
        assertThat(one.dialer.last().address).isEqualTo(PG2.address());
    }

    @Test
    void anyOtherErrorIsTheClientsBusiness() {
        one.publish(Tables.goTo(1, PG1, PG2));
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.startup("app"));
        byte[] error = Packets.error("3D000", "database \"app\" does not exist");
        one.receive(one.dialer.last().connects(), error);
        assertThat(sent(client)).isEqualTo(error);
    }

    /** A backend's words are not judged, 57P03 aside: who configured the wrong port sees what is there. */
    @Test
    void answerThatIsNotPostgresIsTheClientsBusiness() {
        one.publish(Tables.goTo(1, PG1, PG2));
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.startup("app"));
        byte[] greeting = "SSH-2.0-sshd\r\n".getBytes(StandardCharsets.US_ASCII);
        one.receive(one.dialer.last().connects(), greeting);
        assertThat(sent(client)).isEqualTo(greeting);
    }

    @Test
    void backendThatDoesNotAnswerInTimeIsLeftForTheNext() {
        one.publish(Tables.goTo(1, PG1, PG2));
        one.receive(one.accept(), Packets.startup("app"));
        one.dialer.last().connects();
        one.advance(5_001);
        assertThat(one.dialer.last().address).isEqualTo(PG2.address());
    }

    @Test
    void backendThatClosesWithoutAnAnswerIsLeftForTheNext() {
        one.publish(Tables.goTo(1, PG1, PG2));
        one.receive(one.accept(), Packets.startup("app"));
        one.finish(one.dialer.last().connects());
        assertThat(one.dialer.last().address).isEqualTo(PG2.address());
    }

    @Test
    void backendThatTalksFirstIsLeftForTheNext() {
        one.publish(Tables.goTo(1, PG1, PG2));
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.sslRequest());
        EmbeddedChannel backend = one.dialer.last().connects();
        one.receive(backend, new byte[] {'N'});
        one.receive(backend, new byte[] {'x'});
        one.receive(client, Packets.startup("app"));
        assertThat(one.dialer.last().address).isEqualTo(PG2.address());
    }

    @Test
    void clientThatLeavesEndsItsAttempt() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.startup("app"));
        EmbeddedChannel backend = one.dialer.last().connects();
        one.finish(client);
        assertThat(backend.isOpen()).isFalse();
    }

    @Test
    void moreThan32KilobytesBeforeAnAnswerAreRefused() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.startup("app"));
        one.dialer.last().connects();
        one.receive(client, new byte[32 * 1024]);
        assertThat(sentText(client)).contains("C08P01");
    }

    @Test
    void exactly32KilobytesBeforeAnAnswerAreKept() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.accept();
        byte[] startup = Packets.startup("app");
        one.receive(client, startup);
        EmbeddedChannel backend = one.dialer.last().connects();
        one.receive(client, new byte[32 * 1024 - startup.length]);
        one.receive(backend, Packets.authenticationOk());
        assertThat(sent(backend)).hasSize(32 * 1024);
    }

    @Test
    void aNodeThatMovedIsLeftForItsNewAddress() {
        OneLoop one = new OneLoop();
        one.publish(Tables.goTo(1, OneLoop.PG1));
        one.receive(one.accept(), Packets.startup("app"));
        one.publish(Tables.goTo(2, Tables.primary(Settings.PG1, OneLoop.PG2.address())));
        assertThat(one.dialer.last().address).isEqualTo(OneLoop.PG2.address());
    }

    @Test
    void cancelFollowsASessionToANodeThatGetsNoNewOnes() {
        OneLoop one = new OneLoop();
        one.publish(Tables.goTo(1, OneLoop.PG1));
        one.receive(one.accept(), Packets.startup("app"));
        one.receive(one.dialer.last().connects(), new byte[] {'R'});
        one.publish(Tables.nobody(2, "pg1 does not answer"));
        one.receive(one.accept(), Packets.cancel(1, 4));
        assertThat(one.dialer.dials).hasSize(2);
        assertThat(one.dialer.last().address).isEqualTo(OneLoop.PG1.address());
    }

    @Test
    void moreThan32KbAtOnceIsRefusedBeforeItIsLookedAt() {
        OneLoop one = new OneLoop();
        var client = one.accept();
        one.receive(client, Arrays.copyOf(Packets.startup("app"), 33 * 1024));
        assertThat(OneLoop.sentText(client)).contains("more than 32 KB");
    }
}
