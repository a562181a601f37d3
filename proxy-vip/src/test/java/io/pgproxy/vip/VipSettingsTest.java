package io.pgproxy.vip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproxy.config.HandoverConfig;
import io.pgproxy.config.PeerAddress;
import io.pgproxy.config.PeersConfig;
import io.pgproxy.config.VipConfig;
import io.pgproxy.vip.machine.Preferences;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VipSettingsTest {
    private static final PeerAddress PEER = new PeerAddress("10.0.0.2", 7001);

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 8, 60})
    void takesTheLeasesThatTheFileMayNameWithPeers(int seconds) {
        assertThat(VipSettings.timings(vip(seconds, PEER)).ttlSeconds()).isEqualTo(seconds);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 8, 60})
    void takesTheLeasesThatTheFileMayNameWithoutPeers(int seconds) {
        assertThat(VipSettings.timings(vip(seconds)).ttlSeconds()).isEqualTo(seconds);
    }

    @Test
    void refusesWhatCannotWorkALineForEachReason() {
        assertThatThrownBy(() -> VipSettings.timings(vip(2, PEER)))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .satisfies(text -> assertThat(text.lines())
                        .hasSize(2)
                        .allMatch(line -> line.startsWith("vip.lease-ttl: a lease of 2 s is good for 1420 ms")));
    }

    @Test
    void refusesWithoutPeersWhatOnlyTheirPromisesWouldBridge() {
        assertThatThrownBy(() -> VipSettings.timings(vip(3)))
                .hasMessageStartingWith("vip.lease-ttl: a lease of 3 s is good for 2400 ms");
    }

    @Test
    void takesWhatTheFileSaysOfHandingOver() {
        HandoverConfig handover = new HandoverConfig(
                Duration.ofSeconds(2), Optional.of(Duration.ofSeconds(3)), 200, Optional.of(Duration.ofSeconds(4)));

        assertThat(VipSettings.preferences(handover, true))
                .isEqualTo(new Preferences(
                        OptionalLong.of(3_000_000_000L), 200, OptionalLong.of(4_000_000_000L), 2_000_000_000L));
    }

    @Test
    void aPrimaryThatNobodyNeedsIsNotMissed() {
        assertThat(VipSettings.preferences(HandoverConfig.DEFAULTS, false).handoverAfterNanos())
                .isEmpty();
    }

    private static VipConfig vip(int ttlSeconds, PeerAddress... peers) {
        return new VipConfig(
                "main",
                List.of(InetAddress.getLoopbackAddress()),
                Optional.empty(),
                Duration.ofSeconds(ttlSeconds),
                new PeersConfig(
                        List.of(peers), Optional.empty(), PeersConfig.DEFAULT_LISTEN, Optional.of(Path.of("secret"))),
                HandoverConfig.DEFAULTS);
    }
}
