package io.pgproxy.core;

import static io.pgproxy.core.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.SessionsConfig;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The sessions that a proxy holds with itself before it has others. */
class RehearsalTest {
    private final Settings settings = new Settings();

    @ParameterizedTest
    @EnumSource(
            value = SessionsConfig.Transport.class,
            names = {"NIO", "EPOLL"})
    void goesThroughAndLeavesNoThreadBehind(SessionsConfig.Transport transport) {
        settings.transport = transport;
        Set<Thread> before = relayThreads();

        assertThat(Rehearsal.of(settings.config())).isTrue();

        eventually("its relay threads have ended", () -> before.containsAll(relayThreads()));
    }

    @ParameterizedTest
    @EnumSource(
            value = SessionsConfig.Transport.class,
            names = {"NIO", "EPOLL"})
    void saysNothingInTheLog(SessionsConfig.Transport transport) {
        settings.transport = transport;
        try (LogLines server = new LogLines(ProxyServer.class);
                LogLines own = new LogLines(Rehearsal.class)) {
            Rehearsal.of(settings.config());

            assertThat(server.all()).isEmpty();
            assertThat(own.all()).isEmpty();
        }
    }

    private static Set<Thread> relayThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("relay-"))
                .collect(Collectors.toSet());
    }
}
