package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.PG2;
import static io.pgproxy.core.OneLoop.sentText;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A crowd that comes to a node which its listener has just got. Who waited for it is {@link ParkingTest}'s. */
final class RampTest {
    private final Settings settings = new Settings();

    @BeforeEach
    void releaseAThousandASecond() {
        settings.releaseRate = OptionalInt.of(1_000);
    }

    private static void come(OneLoop one, int count) {
        for (int i = 0; i < count; i++) {
            one.receive(one.accept(), Packets.startup("user" + i));
        }
    }

    private OneLoop settledOnPg1() {
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.goTo(1, PG1));
        one.settle();
        return one;
    }

    private static int dials(OneLoop one) {
        return one.dialer.dials.size();
    }

    private static void steps(OneLoop one, int count) {
        for (int i = 0; i < count; i++) {
            one.advance(10);
        }
    }

    /** Whose connects these are. */
    private static List<String> users(List<ScriptedDialer.Dialed> dials) {
        List<String> users = new ArrayList<>();
        for (ScriptedDialer.Dialed dial : List.copyOf(dials)) {
            String startup = sentText(dial.connects());
            users.add(startup.substring(startup.indexOf("user\0") + 5, startup.length() - 2));
        }
        return users;
    }

    @Test
    void newcomersToAFreshNodeComeInARampToo() {
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.goTo(1, PG1));
        come(one, 25);
        assertThat(dials(one)).isEqualTo(10);
        steps(one, 1);
        assertThat(dials(one)).isEqualTo(20);
        steps(one, 1);
        assertThat(dials(one)).isEqualTo(25);
    }

    @Test
    void firstComeFirstServed() {
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.goTo(1, PG1));
        come(one, 25);
        steps(one, 2);
        List<String> users = users(one.dialer.dials);
        assertThat(users).hasSize(25).startsWith("user0", "user1").endsWith("user23", "user24");
        assertThat(users)
                .isEqualTo(one.dialer.dials.stream()
                        .map(dial -> "user" + one.dialer.dials.indexOf(dial))
                        .toList());
    }

    @Test
    void nodeThatHasSettledTakesWhoeverComes() {
        OneLoop one = settledOnPg1();
        come(one, 50);
        assertThat(dials(one)).isEqualTo(50);
    }

    @Test
    void anotherPrimaryIsFresh() {
        OneLoop one = settledOnPg1();
        one.publish(Tables.goTo(2, PG2));
        come(one, 25);
        assertThat(dials(one)).isEqualTo(10);
    }

    @Test
    void whoWasConnectingToTheNodeBeforeComesInTheRampToo() {
        OneLoop one = settledOnPg1();
        come(one, 25);
        one.publish(Tables.goTo(2, PG2));
        assertThat(dials(one)).isEqualTo(25 + 10);
        steps(one, 1);
        assertThat(dials(one)).isEqualTo(25 + 20);
        steps(one, 1);
        assertThat(dials(one)).isEqualTo(25 + 25);
    }

    /** Their second look sees a table that the ramp does not know of yet. */
    @Test
    void whoConnectsWhileATableIsUnderWayComesInTheRampToo() {
        OneLoop one = settledOnPg1();
        come(one, 25);
        one.routes.publish(Tables.goTo(2, PG2));
        List.copyOf(one.dialer.dials).forEach(ScriptedDialer.Dialed::connects);
        assertThat(dials(one)).isEqualTo(25);
        one.turn();
        assertThat(dials(one)).isEqualTo(25 + 10);
    }

    @Test
    void whoWasConnectingComesBeforeThoseWhoWait() {
        OneLoop one = settledOnPg1();
        come(one, 12);
        List.copyOf(one.dialer.dials).subList(0, 10).forEach(ScriptedDialer.Dialed::isRefused);
        one.publish(Tables.goTo(2, PG2));
        assertThat(users(one.dialer.dials.subList(12, 22)))
                .startsWith("user10", "user11", "user0")
                .endsWith("user7");
    }

    /** The ramp refuses nobody, and a stop nobody later than at once. */
    @Test
    void whoWasConnectingIsRefusedWhereTheProxyStops() {
        OneLoop one = settledOnPg1();
        EmbeddedChannel client = one.start("192.0.2.7");
        one.loop.drain();
        one.publish(Tables.goTo(2, PG2));
        assertThat(sentText(client)).contains("C57P01\0");
    }

    @Test
    void samePrimaryIsFreshAfterAnOutage() {
        OneLoop one = settledOnPg1();
        one.publish(Tables.nobody(2, "no primary"));
        one.publish(Tables.goTo(3, PG1));
        come(one, 25);
        assertThat(dials(one)).isEqualTo(10);
    }

    /** It has a slow start of its own. */
    @Test
    void oneNodeMoreMakesNoRamp() {
        OneLoop one = settledOnPg1();
        one.publish(Tables.goTo(2, PG1, PG2));
        come(one, 25);
        assertThat(dials(one)).isEqualTo(25);
    }

    /** Those who wait are let go in steps all the same. */
    @Test
    void oneNodeMoreLetsNobodyPastThoseWhoWait() {
        OneLoop one = settledOnPg1();
        come(one, 25);
        List.copyOf(one.dialer.dials).forEach(ScriptedDialer.Dialed::isRefused);
        one.publish(Tables.goTo(2, PG1, PG2));
        come(one, 1);
        assertThat(dials(one)).isEqualTo(25 + 10);
        steps(one, 2);
        assertThat(dials(one)).isEqualTo(25 + 25 + 1);
    }

    @Test
    void primaryInThePlaceOfTheReplicasIsFresh() {
        OneLoop one = settledOnPg1();
        one.publish(Tables.goTo(2, new Candidate(PG2.node(), PG2.address(), Role.FALLBACK, 2, 100)));
        come(one, 25);
        assertThat(dials(one)).isEqualTo(10);
    }

    @Test
    void newTablesThatSayTheSameMakeNoRoom() {
        OneLoop one = new OneLoop(settings);
        for (int version = 1; version <= 5; version++) {
            one.publish(Tables.goTo(version, PG1));
            come(one, 10);
        }
        assertThat(dials(one)).isEqualTo(10);
    }

    @Test
    void rampThatLastsGetsSteeper() {
        settings.maxSessions = 2_000;
        settings.maxParked = 2_000;
        settings.descriptors = 10_000;
        settings.maxStartups = 2_000;
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.goTo(1, PG1));
        come(one, 600);
        steps(one, 49);
        assertThat(dials(one)).isEqualTo(500);
        steps(one, 1);
        assertThat(dials(one)).isEqualTo(520);
    }

    @Test
    void slowRateLetsTheFirstOneInAtOnceAndTheOthersInTheirTime() {
        settings.releaseRate = OptionalInt.of(10);
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.goTo(1, PG1));
        come(one, 3);
        assertThat(dials(one)).isEqualTo(1);
        steps(one, 9);
        assertThat(dials(one)).isEqualTo(1);
        steps(one, 2); // a tenth ten times may be a little less than one
        assertThat(dials(one)).isEqualTo(2);
    }

    @Test
    void whoFindsNoPlaceToWaitGoesAtOnceAndIsNotRefused() {
        settings.maxParked = 5;
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.goTo(1, PG1));
        come(one, 25);
        assertThat(dials(one)).isEqualTo(20);
        assertThat(one.admission.parked().used()).isEqualTo(5);
        assertThat(one.ended(CloseReason.PARKED_LIMIT)).isZero();
    }

    /** They would be told that nobody could be had, beside a primary that is well. */
    @Test
    void whoseHoldEndsInTheRampGoAtOnceAndAreNotRefused() {
        OneLoop one = new OneLoop(settings);
        come(one, 25);
        one.advance(59_999);
        one.publish(Tables.goTo(1, PG1));
        assertThat(dials(one)).isEqualTo(10);
        one.advance(1);
        assertThat(dials(one)).isEqualTo(25);
        assertThat(one.ended(CloseReason.HOLD_EXPIRED)).isZero();
    }

    @Test
    void whoMayNotWaitAtAllIsNotRefusedByARamp() {
        settings.hold = Duration.ZERO;
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.goTo(1, PG1));
        come(one, 25);
        one.advance(1);
        assertThat(dials(one)).isEqualTo(25);
        assertThat(one.ended(CloseReason.HOLD_EXPIRED)).isZero();
    }

    /** The one that was held back has declined encryption, and is gone before the client says more. */
    @Test
    void whoHasWaitedLongEnoughOnceDoesNotQueueUpAgain() {
        settings.earlyTlsAnswer = false;
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.heldBack(1, PG1));
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.sslRequest());
        one.advance(60_000);
        one.receive(one.dialer.last().connects(), new byte[] {'N'});
        one.publish(Tables.goTo(2, PG2));
        come(one, 25);
        one.receive(client, Packets.startup("app"));
        assertThat(users(one.dialer.dials.subList(one.dialer.dials.size() - 1, one.dialer.dials.size())))
                .containsExactly("app");
        assertThat(one.ended(CloseReason.HOLD_EXPIRED)).isZero();
    }

    @Test
    void withoutARateAllGoAtOnce() {
        settings.releaseRate = OptionalInt.empty();
        OneLoop one = new OneLoop(settings);
        come(one, 30);
        one.publish(Tables.goTo(1, PG1));
        come(one, 30);
        assertThat(dials(one)).isEqualTo(60);
    }

    @Test
    void loopsShareTheRate() {
        Ramp half = new Ramp(5);
        half.onTable(Tables.goTo(1, PG1).route(Settings.LISTENER));
        int taken = 0;
        for (int step = 0; step < 50; step++) {
            while (half.takesNewcomer()) {
                taken++;
            }
            half.letGo(true);
            half.step();
        }
        assertThat(taken).isEqualTo(250);
    }
}
