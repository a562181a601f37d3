package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

/** Connections that say nothing lock nobody out: they make room for those that come later. */
final class StartupRoomTest {
    private final Settings settings = new Settings();

    private OneLoop one(int maxStartups, int descriptors) {
        settings.maxStartups = maxStartups;
        settings.descriptors = descriptors;
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.goTo(1, PG1));
        return one;
    }

    @Test
    void oldestOfAllMakesRoomForANewSource() {
        OneLoop one = one(2, 100);
        EmbeddedChannel oldest = one.accept("192.0.2.1");
        EmbeddedChannel younger = one.accept("192.0.2.2");
        EmbeddedChannel newest = one.accept("192.0.2.3");
        assertThat(oldest.isOpen()).isFalse();
        assertThat(younger.isOpen()).isTrue();
        assertThat(newest.isOpen()).isTrue();
        assertThat(one.ended(CloseReason.STARTUP_LIMIT)).isEqualTo(1);
    }

    @Test
    void sourceThatFloodsMakesRoomForItself() {
        OneLoop one = one(5, 100);
        EmbeddedChannel slow = one.accept("192.0.2.1");
        for (int i = 0; i < 50; i++) {
            one.accept("192.0.2.66");
        }
        assertThat(slow.isOpen()).isTrue();
        assertThat(one.admission.startups().used()).isEqualTo(5);
    }

    @Test
    void manyClientsOfOneSourceDoNotMakeRoomForAFloodThatIsLarger() {
        OneLoop one = one(10, 100);
        for (int i = 0; i < 50; i++) {
            one.accept("192.0.2.66");
        }
        EmbeddedChannel first = one.accept("192.0.2.1");
        EmbeddedChannel second = one.accept("192.0.2.1");
        EmbeddedChannel third = one.accept("192.0.2.1");
        assertThat(first.isOpen() && second.isOpen() && third.isOpen()).isTrue();
    }

    @Test
    void whoHasSpokenMakesNoRoom() {
        OneLoop one = one(1, 100);
        EmbeddedChannel spoke = one.start("192.0.2.1");
        one.accept("192.0.2.2");
        one.accept("192.0.2.3");
        assertThat(spoke.isOpen()).isTrue();
    }

    @Test
    void silentConnectionsMakeRoomForASessionsBackend() {
        OneLoop one = one(100, 4);
        EmbeddedChannel client = one.accept("192.0.2.1");
        for (int i = 0; i < 3; i++) {
            one.accept("192.0.2.66");
        }
        one.receive(client, Packets.startup("app"));
        assertThat(one.dialer.dials).hasSize(1);
        assertThat(one.admission.descriptors().used()).isEqualTo(4);
    }

    @Test
    void silentConnectionsMakeRoomForNewOnesWhenDescriptorsAreScarce() {
        OneLoop one = one(100, 4);
        for (int i = 0; i < 20; i++) {
            one.accept("192.0.2.66");
        }
        assertThat(one.admission.descriptors().used()).isEqualTo(4);
        one.start("192.0.2.1");
        assertThat(one.dialer.dials).hasSize(1);
    }

    @Test
    void sessionsMakeNoRoomForNewOnesWhenDescriptorsAreScarce() {
        OneLoop one = one(100, 4);
        one.start("192.0.2.1");
        one.start("192.0.2.2");
        EmbeddedChannel third = one.start("192.0.2.3");
        assertThat(OneLoop.sentText(third)).contains("C53300\0", "no descriptor left for another session");
        assertThat(one.dialer.dials).hasSize(2);
    }

    @Test
    void beyondTheReserveConnectionsAreClosedAtOnce() {
        OneLoop one = one(100, 4);
        one.start("192.0.2.1");
        one.start("192.0.2.2");
        for (int i = 0; i < PoliteRefusals.MAX; i++) {
            EmbeddedChannel inTheReserve = one.start("198.51.100." + i);
            assertThat(inTheReserve.isOpen()).isTrue();
        }
        EmbeddedChannel beyond = one.accept("203.0.113.1");
        assertThat(beyond.isOpen()).isFalse();
        assertThat(one.ended(CloseReason.SESSION_LIMIT)).isEqualTo(PoliteRefusals.MAX + 1);
        assertThat(one.admission.descriptors().used()).isEqualTo(4 + PoliteRefusals.MAX);
    }
}
