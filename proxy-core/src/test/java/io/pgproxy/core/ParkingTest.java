package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.PG2;
import static io.pgproxy.core.OneLoop.sent;
import static io.pgproxy.core.OneLoop.sentText;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions that wait for a backend: in what order they go on, and that nothing is done for those that left. */
final class ParkingTest {
    private final Settings settings = new Settings();

    @BeforeEach
    void releaseAThousandASecond() {
        settings.releaseRate = OptionalInt.of(1_000);
    }

    @Test
    void newTableReleasesAParkedSession() {
        OneLoop one = new OneLoop(settings);
        one.receive(one.accept(), Packets.startup("app"));
        one.publish(Tables.goTo(1, PG1));
        assertThat(sent(one.dialer.last().connects())).isEqualTo(Packets.startup("app"));
    }

    @Test
    void parkedClientThatLeavesIsDialledForNoMore() {
        OneLoop one = new OneLoop(settings);
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.startup("app"));
        one.finish(client);
        one.publish(Tables.goTo(1, PG1));
        assertThat(one.dialer.dials).isEmpty();
    }

    @Test
    void parkedClientThatLeavesIsCountedNoMore() {
        OneLoop one = new OneLoop(settings);
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.startup("app"));
        one.finish(client);
        assertThat(one.admission.parked().used()).isZero();
    }

    @Test
    void firstComeFirstServed() {
        OneLoop one = new OneLoop(settings);
        List<EmbeddedChannel> clients = park(one, 3);
        one.publish(Tables.goTo(1, PG1));
        assertThat(users(one)).containsExactly("user0", "user1", "user2");
        assertThat(clients).hasSize(3);
    }

    @Test
    void newcomerWaitsBehindThoseWhoWait() {
        OneLoop one = new OneLoop(settings);
        park(one, 11);
        one.publish(Tables.goTo(1, PG1)); // the ramp's first step takes ten
        one.receive(one.accept(), Packets.startup("newcomer"));
        assertThat(one.dialer.dials).hasSize(10);
        one.advance(10);
        assertThat(users(one)).endsWith("user9", "user10", "newcomer");
    }

    @Test
    void releasesAThousandASecondAndNotAllAtOnce() {
        OneLoop one = new OneLoop(settings);
        park(one, 35);
        one.publish(Tables.goTo(1, PG1));
        one.advance(10);
        assertThat(one.dialer.dials).hasSize(20);
    }

    @Test
    void candidateThatRefusedIsTriedAgainWithoutANewTable() {
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.goTo(1, PG1));
        one.receive(one.accept(), Packets.startup("app"));
        one.dialer.last().isRefused();
        one.advance(99);
        assertThat(one.dialer.dials).hasSize(1);
        one.advance(1);
        assertThat(one.dialer.dials).hasSize(2);
    }

    @Test
    void everyCandidateIsTriedEvenWhileOthersWait() {
        OneLoop one = new OneLoop(settings);
        park(one, 11);
        one.publish(Tables.goTo(1, PG1, tier1()));
        one.dialer.dials.get(0).isRefused();
        assertThat(one.dialer.last().address).isEqualTo(PG2.address());
    }

    @Test
    void sessionsThatAllFailedAreRetriedInTheSameRamp() {
        OneLoop one = settledOnPg1();
        for (int i = 0; i < 50; i++) {
            one.receive(one.accept(), Packets.startup("user" + i));
        }
        refuseAll(one);
        int before = one.dialer.dials.size();
        one.advance(100);
        assertThat(one.dialer.dials).hasSize(before + 10);
    }

    @Test
    void newcomerDoesNotWaitBehindThoseWhoOnlyTryAgain() {
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.goTo(1, PG1));
        one.receive(one.accept(), Packets.startup("unlucky"));
        one.dialer.last().isRefused();
        one.receive(one.accept(), Packets.startup("newcomer"));
        assertThat(one.dialer.dials).hasSize(2);
    }

    @Test
    void newcomerDoesNotWaitBehindARampOfRetriesEither() {
        OneLoop one = settledOnPg1();
        park(one, 50);
        refuseAll(one);
        one.advance(100); // ten of them are at it, and forty have their turn still to come
        one.receive(one.accept(), Packets.startup("newcomer"));
        assertThat(one.dialer.dials).hasSize(50 + 10 + 1);
    }

    @Test
    void whoTriesAgainComesBeforeNewcomersUnderANewTable() {
        OneLoop one = settledOnPg1();
        park(one, 11);
        refuseAll(one);
        one.publish(Tables.goTo(2, PG2)); // the ramp's first step takes ten
        one.receive(one.accept(), Packets.startup("newcomer"));
        assertThat(one.dialer.dials).hasSize(11 + 10);
    }

    @Test
    void newTableDoesNotWaitForTheRetry() {
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.goTo(1, PG1));
        one.receive(one.accept(), Packets.startup("app"));
        one.dialer.last().isRefused();
        one.publish(Tables.goTo(2, PG2));
        assertThat(one.dialer.last().address).isEqualTo(PG2.address());
    }

    @Test
    void holdExpiresWithTheClusterTheReasonAndItsAge() {
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.nobody(1, "no primary: pg1 replica"));
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.startup("app"));
        one.advance(60_000);
        assertThat(sentText(client)).contains("C57P03\0", "cluster \"main\": no primary: pg1 replica, for 0 s");
    }

    @Test
    void holdIsNotRenewedByAttempts() {
        OneLoop one = new OneLoop(settings);
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.startup("app"));
        one.advance(59_000);
        one.publish(Tables.goTo(1, PG1));
        one.dialer.last().isRefused();
        one.advance(1_000); // and the attempt that has begun meanwhile is the last
        one.dialer.last().isRefused();
        assertThat(sentText(client)).contains("cannot connect to pg1 at 192.0.2.1:5432: Connection refused");
    }

    @Test
    void holdOfNothingIsEnoughWhereABackendAnswers() {
        settings.hold = Duration.ZERO;
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.startup("app"));
        one.advance(1);
        one.receive(one.dialer.last().connects(), new byte[] {'R'});
        assertThat(sentText(client)).isEqualTo("R");
    }

    @Test
    void holdOfNothingEndsWithTheLastCandidate() {
        settings.hold = Duration.ZERO;
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.startup("app"));
        one.advance(1);
        one.dialer.last().isRefused();
        one.turn();
        assertThat(sentText(client)).contains("C57P03\0", "cannot connect to pg1");
    }

    @Test
    void oneMoreThanMayWaitIsRefused() {
        settings.maxParked = 2;
        OneLoop one = new OneLoop(settings);
        park(one, 2);
        EmbeddedChannel third = one.accept();
        one.receive(third, Packets.startup("app"));
        assertThat(sentText(third)).contains("C53300\0", "too many sessions are waiting");
    }

    @Test
    void whoFindsNoPlaceToWaitInGoesToTheNodeThatIsHeldBack() {
        settings.maxParked = 2;
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.heldBack(1, PG1));
        park(one, 2);
        assertThat(one.dialer.dials).isEmpty();
        EmbeddedChannel third = one.accept();
        one.receive(third, Packets.startup("third"));
        one.receive(one.dialer.last().connects(), new byte[] {'R'});
        assertThat(one.dialer.last().address).isEqualTo(PG1.address());
        assertThat(sentText(third)).isEqualTo("R");
    }

    @Test
    void whoHasWaitedForAllOfItsHoldGoesToTheNodeThatIsHeldBack() {
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.heldBack(1, PG1));
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.startup("app"));
        one.advance(59_999);
        assertThat(one.dialer.dials).isEmpty();
        one.advance(1);
        one.receive(one.dialer.last().connects(), new byte[] {'R'});
        assertThat(sentText(client)).isEqualTo("R");
    }

    @Test
    void aNodeThatIsHeldBackAndRefusesIsTriedOnce() {
        settings.maxParked = 0;
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.heldBack(1, PG1));
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.startup("app"));
        one.dialer.last().isRefused();
        one.turn();
        assertThat(one.dialer.dials).hasSize(1);
        assertThat(sentText(client)).contains("C53300\0", "too many sessions are waiting");
    }

    /** It had been chosen as any other is, and now the next one is a better choice. */
    @Test
    void whoWasOnTheWayWhenTheNodeWasHeldBackWaits() {
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.startup("app"));
        one.publish(Tables.heldBack(2, PG1));
        assertThat(one.admission.parked().used()).isEqualTo(1);
        one.publish(Tables.goTo(3, PG2));
        assertThat(one.dialer.last().address).isEqualTo(PG2.address());
    }

    @Test
    void whoWaitsKeepsItsPlaceWhileItTries() {
        settings.maxParked = 1;
        OneLoop one = new OneLoop(settings);
        EmbeddedChannel first = one.start("192.0.2.7");
        one.publish(Tables.goTo(1, PG1));
        ScriptedDialer.Dialed attempt = one.dialer.last();
        EmbeddedChannel newcomer = one.start("192.0.2.8");
        one.dialer.last().isRefused();
        attempt.isRefused();
        one.turn();
        assertThat(sent(first)).isEmpty();
        assertThat(sentText(newcomer)).contains("C53300\0");
    }

    @Test
    void placeIsGivenBackWithTheAnswer() {
        OneLoop one = new OneLoop(settings);
        one.start("192.0.2.7");
        one.publish(Tables.goTo(1, PG1));
        assertThat(one.admission.parked().used()).isEqualTo(1);
        one.backendAnswers();
        assertThat(one.admission.parked().used()).isZero();
    }

    @Test
    void firstWaitAndFirstAnswerAreTold() {
        OneLoop one = new OneLoop(settings);
        one.start("192.0.2.7");
        one.publish(Tables.goTo(1, PG1));
        one.dialer.last().isRefused();
        one.advance(100); // and its place among those that wait is still the first one
        one.backendAnswers();
        assertThat(one.sessionNews).containsExactly("parked for PRIMARY", "answered by pg1");
    }

    @Test
    void drainRefusesWhoWaits() {
        OneLoop one = new OneLoop(settings);
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.startup("app"));
        one.loop.drain();
        assertThat(sentText(client)).contains("C57P01\0");
    }

    private OneLoop settledOnPg1() {
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.goTo(1, PG1));
        one.settle();
        return one;
    }

    private static Candidate tier1() {
        return new Candidate(PG2.node(), PG2.address(), PG2.role(), 1, 100);
    }

    private static List<EmbeddedChannel> park(OneLoop one, int count) {
        List<EmbeddedChannel> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            EmbeddedChannel client = one.accept();
            one.receive(client, Packets.startup("user" + i));
            clients.add(client);
        }
        return clients;
    }

    private static void refuseAll(OneLoop one) {
        for (ScriptedDialer.Dialed dial : List.copyOf(one.dialer.dials)) {
            dial.isRefused();
        }
    }

    /** Who was sent where, in the order of the connects. */
    private static List<String> users(OneLoop one) {
        List<String> users = new ArrayList<>();
        for (ScriptedDialer.Dialed dial : List.copyOf(one.dialer.dials)) {
            String startup = sentText(dial.connects());
            int name = startup.indexOf("user\0") + 5;
            users.add(startup.substring(name, startup.indexOf('\0', name)));
        }
        return users;
    }
}
