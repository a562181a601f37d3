package io.pgproxy.core;

import static io.pgproxy.core.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.pgproxy.config.SessionsConfig;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;

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

        assertThat(Rehearsal.of(settings.config(), () -> false)).isTrue();

        eventually("its relay threads have ended", () -> before.containsAll(relayThreads()));
    }

    @ParameterizedTest
    @EnumSource(
            value = SessionsConfig.Transport.class,
            names = {"NIO", "EPOLL"})
    void saysNothingInTheLogAboveDebug(SessionsConfig.Transport transport) {
        settings.transport = transport;
        settings.maxSessions = 1_000_000; // more than this machine has room for
        try (LogLines all = new LogLines(Logger.ROOT_LOGGER_NAME, Level.INFO)) {
            Rehearsal.of(settings.config(), () -> false);

            assertThat(all.all()).isEmpty();
        }
    }

    @Test
    void saysSoWhereASessionDoesNotGoThrough() {
        settings.maxSessions = 0;

        assertThat(Rehearsal.of(settings.config(), () -> false)).isFalse();
    }

    @Test
    void endsAtOnceWhereNoMoreIsWanted() {
        AtomicInteger asked = new AtomicInteger();

        assertThat(Rehearsal.of(settings.config(), () -> asked.incrementAndGet() == 3))
                .isFalse();

        assertThat(asked).hasValue(3);
    }

    private static Set<Thread> relayThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("relay-"))
                .collect(Collectors.toSet());
    }
}
