package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.PG2;
import static io.pgproxy.core.OneLoop.sentText;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.ListenerConfig.Balance;
import io.pgproxy.config.MaxLag;
import io.pgproxy.config.ReadsConfig;
import io.pgproxy.config.ReadsConfig.Fallback;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** How many sessions of a listener a node takes, and how many may fall back to the primary. */
final class NodeLimitTest {
    private static final Candidate RESERVE = new Candidate(PG2.node(), PG2.address(), PG2.role(), 1, 100);
    private static final Candidate FALLBACK = new Candidate(PG2.node(), PG2.address(), Role.FALLBACK, 2, 100);

    private static OneLoop twoFallbacks() {
        Settings settings = new Settings();
        ListenerConfig listener = settings.listeners.get(0);
        settings.listeners = List.of(listener.withReads(
                new ReadsConfig(MaxLag.NONE, Map.of(), Map.of(), Fallback.PRIMARY, OptionalInt.of(2))));
        return new OneLoop(settings);
    }

    @Test
    void fullNodeIsLeftForTheNextOfItsTier() {
        OneLoop one = new Rules().maxSessionsPerNode(1).oneLoop();
        one.publish(Tables.goTo(1, PG1, PG2));
        one.start("192.0.2.7");
        one.start("192.0.2.8");
        assertThat(one.dialer.dials)
                .extracting(dial -> dial.address)
                .containsExactlyInAnyOrder(PG1.address(), PG2.address());
    }

    @Test
    void fullTierIsLeftForTheNext() {
        OneLoop one = new Rules().maxSessionsPerNode(1).oneLoop();
        one.publish(Tables.goTo(1, PG1, RESERVE));
        one.start("192.0.2.7");
        one.start("192.0.2.8");
        assertThat(one.dialer.last().address).isEqualTo(PG2.address());
    }

    @Test
    void whoFindsEveryNodeFullIsRefusedAtOnce() {
        OneLoop one = new Rules().maxSessionsPerNode(1).oneLoop();
        one.publish(Tables.goTo(1, PG1, PG2));
        one.start("192.0.2.7");
        one.start("192.0.2.8");
        EmbeddedChannel third = one.start("192.0.2.9");
        assertThat(sentText(third)).contains("C53300\0", "every node has 1 sessions of this listener already");
        assertThat(one.ended(CloseReason.NODE_SESSION_LIMIT)).isEqualTo(1);
    }

    @Test
    void fullNodeBesideAFailingOneIsWaitedFor() {
        OneLoop one = new Rules().maxSessionsPerNode(1).oneLoop();
        one.publish(Tables.goTo(1, PG1));
        one.start("192.0.2.7");
        one.publish(Tables.goTo(2, PG1, PG2));
        one.start("192.0.2.8");
        one.dialer.last().isRefused();
        assertThat(one.admission.parked().used()).isEqualTo(1);
    }

    /** No test can stop the loop between two looks; of so many some meet a place that comes and goes. */
    @Test
    void placeThatComesAndGoesOnAnotherLoopIsNoLackOfSockets() throws Exception {
        OneLoop one = new Rules().maxSessionsPerNode(1).oneLoop();
        one.publish(Tables.goTo(1, PG1));
        AtomicBoolean enough = new AtomicBoolean();
        Thread otherLoop = new Thread(() -> {
            while (!enough.get()) {
                if (one.listener.nodes().take(PG1)) {
                    one.listener.nodes().giveBack(PG1);
                }
            }
        });
        otherLoop.start();
        try {
            for (int i = 0; i < 3_000; i++) {
                EmbeddedChannel client = one.accept("192.0.2.7");
                client.writeInbound(Unpooled.wrappedBuffer(Packets.startup("app")));
                client.close();
            }
        } finally {
            enough.set(true);
            otherLoop.join();
        }
        assertThat(one.ended(CloseReason.NO_SOCKET)).isZero();
    }

    @Test
    void absenceOfNodesIsWaitedFor() {
        OneLoop one = new Rules().maxSessionsPerNode(1).oneLoop();
        one.start("192.0.2.7");
        assertThat(one.admission.parked().used()).isEqualTo(1);
    }

    @Test
    void nodeHasRoomAgainWhenASessionEnded() {
        OneLoop one = new Rules().maxSessionsPerNode(1).oneLoop();
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel first = one.start("192.0.2.7");
        one.backendAnswers();
        first.close();
        one.start("192.0.2.8");
        assertThat(one.dialer.dials).hasSize(2);
    }

    @Test
    void sourceOfAFullNodeComesBackToIt() {
        OneLoop one = new OneLoop(
                new Settings().rules(new Rules().maxSessionsPerNode(1).config()).balance(Balance.SOURCE));
        one.publish(Tables.goTo(1, PG1, PG2));
        EmbeddedChannel first = one.start("192.0.2.7");
        one.backendAnswers();
        InetSocketAddress own = one.dialer.last().address;
        one.start("192.0.2.7");
        assertThat(one.dialer.last().address).isNotEqualTo(own);
        first.close();
        one.start("192.0.2.7");
        assertThat(one.dialer.dials).hasSize(3);
        assertThat(one.dialer.last().address).isEqualTo(own);
    }

    @Test
    void failedAttemptLeavesItsPlace() {
        OneLoop one = new Rules().maxSessionsPerNode(1).oneLoop();
        one.publish(Tables.goTo(1, PG1));
        one.start("192.0.2.7");
        one.dialer.last().isRefused();
        one.advance(100);
        assertThat(one.dialer.dials).hasSize(2);
    }

    @Test
    void fullReplicaDoesNotHideTheLimitOfTheFallback() {
        Candidate replica = new Candidate(PG1.node(), PG1.address(), Role.REPLICA, 0, 100);
        NodePlaces places = new NodePlaces(twoFallbacks()
                .listener
                .config()
                .withRules(new Rules().maxSessionsPerNode(3).config()));
        for (int i = 0; i < 3; i++) {
            places.take(replica);
            places.take(FALLBACK);
        }
        Refused refused = places.allFull(List.of(replica, FALLBACK));
        assertThat(refused.reason()).isEqualTo(CloseReason.FALLBACK_LIMIT);
        assertThat(refused.text()).contains("2 sessions have fallen back", "every replica has 3 sessions");
    }

    @Test
    void fallbacksBeyondTheLimitAreRefused() {
        OneLoop one = twoFallbacks();
        one.publish(Tables.goTo(1, FALLBACK));
        one.start("192.0.2.7");
        one.start("192.0.2.8");
        EmbeddedChannel third = one.start("192.0.2.9");
        assertThat(sentText(third)).contains("C53300\0", "2 sessions have fallen back to the primary already");
        assertThat(one.ended(CloseReason.FALLBACK_LIMIT)).isEqualTo(1);
    }

    @Test
    void limitOnFallbacksDoesNotConcernReplicas() {
        OneLoop one = twoFallbacks();
        one.publish(Tables.goTo(1, PG1, FALLBACK));
        for (int i = 0; i < 5; i++) {
            one.start("192.0.2.7");
        }
        assertThat(one.dialer.dials).hasSize(5);
    }

    @Test
    void fallbacksAreCountedWhileTheyLastAndForGood() {
        OneLoop one = twoFallbacks();
        one.publish(Tables.goTo(1, FALLBACK));
        EmbeddedChannel client = one.start("192.0.2.7");
        one.backendAnswers();
        assertThat(gauge(one)).isEqualTo(1);
        client.close();
        assertThat(gauge(one)).isZero();
        assertThat(one.registry.get("pgproxy.listener.fallbacks").counter().count())
                .isEqualTo(1);
    }

    private static double gauge(OneLoop one) {
        return one.registry.get("pgproxy.listener.fallback.sessions").gauge().value();
    }

    @Test
    void fallbacksAreWarnedAboutOnceAMinute() {
        try (LogLines lines = new LogLines(FallbackLog.class)) {
            FallbackLog log = new FallbackLog("replicas");
            for (int i = 0; i < 13; i++) {
                log.fellBack("pg102", i);
            }
            log.flush(MinuteCount.QUIET_NANOS);
            assertThat(lines.all())
                    .containsExactly(
                            "WARN listener replicas: 1 sessions went to the primary pg102 for want of a replica",
                            "WARN listener replicas: 12 sessions went to the primary pg102 for want of a replica");
        }
    }

    @Test
    void fallbackIsToldToTheLog() {
        try (LogLines lines = new LogLines(FallbackLog.class)) {
            OneLoop one = twoFallbacks();
            one.publish(Tables.goTo(1, FALLBACK));
            one.start("192.0.2.7");
            one.backendAnswers();
            assertThat(lines.all())
                    .containsExactly("WARN listener primary: 1 sessions went to the primary pg2 for want of a replica");
        }
    }
}
