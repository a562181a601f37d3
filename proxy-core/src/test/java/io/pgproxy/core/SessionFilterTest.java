package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class SessionFilterTest {
    private static final SessionStatus WAITING = new SessionStatus(
            new InetSocketAddress(Rules.ip("192.0.2.7"), 50_000),
            Optional.empty(),
            Settings.LISTENER,
            Optional.empty(),
            0,
            0,
            0);

    private static SessionStatus at(String node, int port) {
        return WAITING.at(new SessionStatus.Backend(node, port));
    }

    private static SessionFilter filter(int port, String node) {
        return new SessionFilter(OptionalInt.of(port), Optional.of(node));
    }

    @Test
    void nothingSaidFitsEverybody() {
        assertThat(SessionFilter.ALL.fits(WAITING)).isTrue();
        assertThat(SessionFilter.ALL.fits(at("pg1", 40_123))).isTrue();
    }

    @Test
    void portAndNodeHaveToFitBoth() {
        assertThat(filter(40_123, "pg1").fits(at("pg1", 40_123))).isTrue();
        assertThat(filter(40_123, "pg1").fits(at("pg2", 40_123))).isFalse();
        assertThat(filter(40_123, "pg1").fits(at("pg1", 40_124))).isFalse();
    }

    @Test
    void whoWaitsHasNeither() {
        assertThat(new SessionFilter(OptionalInt.of(40_123), Optional.empty()).fits(WAITING))
                .isFalse();
        assertThat(SessionFilter.ALL.on("pg1").fits(WAITING)).isFalse();
    }

    @Test
    void saysWhatItMeans() {
        assertThat(filter(40_123, "pg1")).hasToString("with backend port 40123 on pg1");
        assertThat(SessionFilter.ALL.on("pg1")).hasToString("on pg1");
    }
}
