package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.sentText;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

/** Who may use a listener, how often and how many; and that refusing costs little. */
final class RulesTest {
    // ---- who -----------------------------------------------------------------------------------------------------

    @Test
    void clientFromElsewhereIsRefusedAsPostgresqlWould() {
        OneLoop one = new Rules().allowFrom("10.0.0.0", 8).oneLoop();
        EmbeddedChannel client = one.accept("192.0.2.7");
        one.receive(client, Packets.sslRequest());
        one.receive(client, Packets.startup("app"));
        assertThat(sentText(client))
                .startsWith("NE")
                .contains("C08004\0", "connections from 192.0.2.7 are not allowed");
        assertThat(one.ended(CloseReason.SOURCE_REFUSED)).isEqualTo(1);
    }

    @Test
    void clientFromElsewhereIsToldNothingBeforeItSpeaks() {
        OneLoop one = new Rules().allowFrom("10.0.0.0", 8).oneLoop();
        assertThat(sentText(one.accept("192.0.2.7"))).isEmpty();
    }

    @Test
    void refusedClientThatSaysNothingIsClosed() {
        OneLoop one = new Rules().allowFrom("10.0.0.0", 8).oneLoop();
        EmbeddedChannel client = one.accept("192.0.2.7");
        one.advance(5_000);
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void refusedCancelIsClosedWithoutAWord() {
        OneLoop one = new Rules().allowFrom("10.0.0.0", 8).oneLoop();
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.accept("192.0.2.7");
        one.receive(client, Packets.cancel(1, 4));
        assertThat(sentText(client)).isEmpty();
        assertThat(client.isOpen()).isFalse();
        assertThat(one.dialer.dials).isEmpty();
    }

    @Test
    void refusedTlsClientGetsAnAlertAndNoPlaintext() {
        OneLoop one = new Rules().allowFrom("10.0.0.0", 8).oneLoop();
        EmbeddedChannel client = one.accept("192.0.2.7");
        one.receive(client, new byte[] {0x16, 3, 1, 0, 1, 9});
        assertThat(OneLoop.sent(client)).startsWith(0x15, 3, 3);
    }

    @Test
    void clientFromAnAllowedNetworkIsLetIn() {
        OneLoop one =
                new Rules().allowFrom("10.0.0.0", 8).allowFrom("2001:db8::", 32).oneLoop();
        one.publish(Tables.goTo(1, PG1));
        one.start("10.9.9.9");
        one.start("2001:db8:9::9");
        assertThat(one.dialer.dials).hasSize(2);
    }

    // ---- how often -----------------------------------------------------------------------------------------------

    @Test
    void sourceThatConnectsTooOftenIsRefused() {
        OneLoop one = new Rules().connectsPerSource(1, 2).oneLoop();
        one.publish(Tables.goTo(1, PG1));
        StringBuilder texts = new StringBuilder();
        for (int i = 0; i < 51; i++) { // a token may come back meanwhile, but not as many
            texts.append(sentText(one.start("192.0.2.7")));
        }
        assertThat(one.dialer.dials).hasSizeBetween(2, 40);
        assertThat(texts).contains("C53300\0", "192.0.2.7 connects more often than 1 times a second");
        assertThat(one.ended(CloseReason.SOURCE_RATE_LIMIT)).isEqualTo(51 - one.dialer.dials.size());
    }

    @Test
    void otherSourcesGoOn() {
        OneLoop one = new Rules().connectsPerSource(1, 1).oneLoop();
        one.publish(Tables.goTo(1, PG1));
        for (int i = 0; i < 50; i++) {
            one.accept("192.0.2.7");
        }
        one.start("192.0.2.8");
        assertThat(one.dialer.dials).hasSize(1);
    }

    @Test
    void hammeringSourceUsesUpNoStartups() {
        OneLoop one = new Rules().connectsPerSource(1, 1).oneLoop();
        for (int i = 0; i < 50; i++) {
            one.accept("192.0.2.7");
        }
        assertThat(one.admission.startups().used()).isBetween(1, 40);
    }

    @Test
    void cancelUsesUpATokenOfItsSource() {
        OneLoop one = new Rules().connectsPerSource(1, 1).oneLoop();
        one.publish(Tables.goTo(1, PG1));
        for (int i = 0; i < 50; i++) {
            one.receive(one.accept("192.0.2.7"), Packets.cancel(1, 4));
        }
        assertThat(one.dialer.dials).hasSizeBetween(1, 40);
    }

    @Test
    void onlySoManyAreRefusedPolitelyAtATime() {
        OneLoop one = new Rules().allowFrom("10.0.0.0", 8).oneLoop();
        for (int i = 0; i < PoliteRefusals.MAX; i++) {
            assertThat(one.accept("192.0.2." + i).isOpen()).isTrue();
        }
        assertThat(one.accept("192.0.2.200").isOpen()).isFalse();
        one.advance(5_000);
        assertThat(one.accept("192.0.2.200").isOpen()).isTrue();
    }

    @Test
    void refusalsThatAreNotPoliteAreCountedAndToldOnce() {
        OneLoop one = new Rules().allowFrom("10.0.0.0", 8).oneLoop();
        try (LogLines lines = new LogLines(Overflow.class)) {
            for (int i = 0; i < PoliteRefusals.MAX_OF_ONE_SOURCE + 3; i++) {
                one.accept("192.0.2.7");
            }
            assertThat(one.registry
                            .get("pgproxy.listener.refusals.hurried")
                            .counter()
                            .count())
                    .isEqualTo(3);
            assertThat(lines.all()).singleElement().asString().contains("1 clients were refused without being heard");
        }
    }

    @Test
    void oneSourceLeavesPoliteRefusalsToTheOthers() {
        OneLoop one = new Rules().allowFrom("10.0.0.0", 8).oneLoop();
        for (int i = 0; i < PoliteRefusals.MAX_OF_ONE_SOURCE; i++) {
            assertThat(one.accept("192.0.2.7").isOpen()).isTrue();
        }
        assertThat(one.accept("192.0.2.7").isOpen()).isFalse();
        assertThat(one.accept("192.0.2.8").isOpen()).isTrue();
        one.advance(5_000);
        assertThat(one.accept("192.0.2.7").isOpen()).isTrue();
    }

    @Test
    void whoIsRefusedAfterItsPacketIsToldInAnyCase() {
        OneLoop one = new Rules().maxSessions(1).oneLoop();
        one.start("192.0.2.7");
        for (int i = 0; i < PoliteRefusals.MAX_OF_ONE_SOURCE; i++) {
            one.start("192.0.2.7");
        }
        EmbeddedChannel hurried = one.start("192.0.2.7");
        assertThat(sentText(hurried)).contains("C53300\0");
        assertThat(hurried.isOpen()).isFalse();
    }

    // ---- in which order ------------------------------------------------------------------------------------------

    @Test
    void whoMayNotComeInIsToldSoHoweverOftenHeConnects() {
        OneLoop one =
                new Rules().allowFrom("10.0.0.0", 8).connectsPerSource(1, 1).oneLoop();
        for (int i = 0; i < 50; i++) {
            one.accept("192.0.2.7");
        }
        assertThat(one.ended(CloseReason.SOURCE_REFUSED)).isEqualTo(50);
    }

    @Test
    void whoIsOverHisRateIsToldSoHoweverManySessionsHeHas() {
        OneLoop one =
                new Rules().connectsPerSource(1, 1).maxSessionsPerSource(1).oneLoop();
        for (int i = 0; i < 51; i++) {
            one.start("192.0.2.7");
        }
        assertThat(one.ended(CloseReason.SOURCE_RATE_LIMIT)).isBetween(10, 50);
    }

    // ---- what is remembered --------------------------------------------------------------------------------------

    @Test
    void whoMayNotComeInIsNotRemembered() {
        OneLoop one = new Rules()
                .allowFrom("10.0.0.0", 8)
                .connectsPerSource(1, 1)
                .maxSessionsPerSource(1)
                .oneLoop();
        one.accept("192.0.2.7");
        int meters = one.registry.getMeters().size();
        for (int i = 0; i < 1_000; i++) {
            one.accept("198.51." + i / 250 + "." + i % 250);
        }
        assertThat(one.listener.rules().sources()).isZero();
        assertThat(one.registry.getMeters()).hasSize(meters);
    }

    @Test
    void whoHasNoSessionAnyMoreIsNotRemembered() {
        ListenerRules rules =
                new Rules().maxSessionsPerSource(2).oneLoop().listener.rules();
        for (int i = 0; i < 10_000; i++) {
            Source source = new Source(false, i);
            rules.enter(source);
            rules.enter(source);
            rules.enter(source); // which is one too many
            rules.leave(source);
            rules.leave(source);
        }
        assertThat(rules.sources()).isZero();
    }

    // ---- how many ------------------------------------------------------------------------------------------------

    @Test
    void sessionBeyondTheListenersLimitIsRefused() {
        OneLoop one = new Rules().maxSessions(2).oneLoop();
        one.start("192.0.2.7");
        one.start("192.0.2.8");
        assertThat(sentText(one.start("192.0.2.9"))).contains("C53300\0", "this listener has 2 sessions already");
        assertThat(one.ended(CloseReason.LISTENER_SESSION_LIMIT)).isEqualTo(1);
    }

    @Test
    void sessionBeyondItsSourcesLimitIsRefused() {
        OneLoop one = new Rules().maxSessionsPerSource(1).oneLoop();
        one.start("192.0.2.7");
        assertThat(sentText(one.start("192.0.2.7"))).contains("C53300\0", "192.0.2.7 has 1 sessions here already");
        assertThat(one.ended(CloseReason.SOURCE_SESSION_LIMIT)).isEqualTo(1);
    }

    @Test
    void ipv6NeighboursAreOneSource() {
        OneLoop one = new Rules().maxSessionsPerSource(1).oneLoop();
        one.start("2001:db8::7");
        assertThat(sentText(one.start("2001:db8::8"))).contains("2001:db8:0:0::/64 has 1 sessions here already");
    }

    @Test
    void otherSourceHasItsOwnLimit() {
        OneLoop one = new Rules().maxSessionsPerSource(1).oneLoop();
        one.start("192.0.2.7");
        one.start("192.0.2.8");
        assertThat(one.admission.parked().used()).isEqualTo(2);
    }

    @Test
    void sessionThatEndedLeavesItsPlace() {
        OneLoop one = new Rules().maxSessions(1).maxSessionsPerSource(1).oneLoop();
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel first = one.start("192.0.2.7");
        one.backendAnswers();
        first.close();
        one.start("192.0.2.7");
        assertThat(one.dialer.dials).hasSize(2);
    }

    @Test
    void silentConnectionsTakeNoPlaceOfASession() {
        OneLoop one = new Rules().maxSessions(1).maxSessionsPerSource(1).oneLoop();
        one.publish(Tables.goTo(1, PG1));
        for (int i = 0; i < 10; i++) {
            one.receive(one.accept("192.0.2.7"), new byte[] {0, 0});
        }
        one.start("192.0.2.7");
        assertThat(one.dialer.dials).hasSize(1);
    }

    @Test
    void cancelTakesNoPlaceOfASession() {
        OneLoop one = new Rules().maxSessions(1).maxSessionsPerSource(1).oneLoop();
        one.publish(Tables.goTo(1, PG1));
        one.start("192.0.2.7");
        one.receive(one.accept("192.0.2.7"), Packets.cancel(1, 4));
        assertThat(one.dialer.dials).hasSize(2);
    }

    @Test
    void declinedClientKeepsItsPlace() {
        OneLoop one = new Rules().maxSessions(1).oneLoop();
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel first = one.accept("192.0.2.7");
        one.receive(first, Packets.sslRequest());
        one.receive(one.dialer.last().connects(), new byte[] {'N'});
        assertThat(sentText(one.start("192.0.2.8"))).contains("C53300\0");
        one.receive(first, Packets.startup("app"));
        assertThat(one.listener.rules().sessions()).isEqualTo(1);
    }

    @Test
    void refusedClientThatWaitsForEncryptionIsDeclinedFirst() {
        OneLoop one = new Rules().maxSessions(1).oneLoop();
        one.start("192.0.2.7");
        EmbeddedChannel second = one.accept("192.0.2.8");
        one.receive(second, Packets.sslRequest());
        assertThat(sentText(second)).isEqualTo("N");
        one.receive(second, Packets.startup("app"));
        assertThat(sentText(second)).startsWith("E").contains("C53300\0");
    }
}
