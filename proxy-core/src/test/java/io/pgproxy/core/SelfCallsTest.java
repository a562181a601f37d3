package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import io.pgproxy.config.SessionsConfig.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The proxy asks its own listeners, and nobody else notices. */
@Timeout(30)
final class SelfCallsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final InetAddress HOLDS = OneLoop.ip("127.0.0.6");
    private static final InetAddress MOVES = OneLoop.ip("127.0.0.5");

    private final Settings settings = new Settings();

    private RunningProxy proxy(Transport transport, String host) throws IOException {
        settings.transport = transport;
        settings.movable = MovableAddresses.openAtFirst(Set.of(HOLDS, MOVES));
        return RunningProxy.on(host, settings);
    }

    private static void assertAnswers(RunningProxy proxy) throws Exception {
        assertThat(proxy.server.answers(PATIENCE).toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isNull();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void listenerAnswersForEveryAddress(Transport transport) throws Exception {
        try (RunningProxy proxy = proxy(transport, "*")) {
            assertAnswers(proxy);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void listenerAnswersForItsOneAddress(Transport transport) throws Exception {
        try (RunningProxy proxy = proxy(transport, "::1")) {
            assertAnswers(proxy);
        }
    }

    @Test
    void addressThatIsNotHereIsNotCalled() throws Exception {
        settings.movable = MovableAddresses.closedAtFirst(Set.of(OneLoop.ip("198.51.100.7")));
        settings.transport = Transport.EPOLL;
        try (RunningProxy proxy = RunningProxy.on("198.51.100.7", settings)) {
            assertAnswers(proxy);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void callsAreCountedNowhereAndAskedForNothing(Transport transport) throws Exception {
        settings.rules(new Rules()
                .allowFrom("192.0.2.0", 24)
                .proxyProtocolFrom("127.0.0.1", 32)
                .connectsPerSource(1, 1)
                .config());
        try (RunningProxy proxy = proxy(transport, "*")) {
            for (int i = 0; i < 20; i++) {
                assertAnswers(proxy);
            }
            proxy.server.turns().toCompletableFuture().get(5, TimeUnit.SECONDS);
            assertThat(List.of(proxy.accepted(), proxy.endedForAnyReason())).containsExactly(0, 0);
            assertThat(proxy.server.status().limits()).allMatch(limit -> limit.used() == 0);
        }
    }

    @Test
    void listenerThatIsNotBoundDoesNotAnswer() throws Exception {
        ProxyServer server = new ProxyServer(
                settings.config(), new CurrentRoutes(0), new OneLoop().quietEvents(), new SimpleMeterRegistry());
        try {
            assertThatThrownBy(
                            () -> server.answers(PATIENCE).toCompletableFuture().get())
                    .hasRootCauseMessage("listener primary is not bound");
            assertThat(server.isBound()).isFalse();
        } finally {
            server.close();
        }
    }

    @Test
    void listenerWhoseLoopHangsDoesNotAnswer() throws Exception {
        settings.relayThreads = 1;
        CountDownLatch release = new CountDownLatch(1);
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = proxy(Transport.NIO, "*").routeTo(server.address())) {
            hang(proxy, server, release);
            CompletableFuture<Void> answered =
                    proxy.server.answers(Duration.ofMillis(50)).toCompletableFuture();
            assertThatThrownBy(() -> answered.get(5, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(TimeoutException.class)
                    .hasMessageContaining("listener primary does not answer on 127.0.0.1:" + proxy.port);
            release.countDown();
        }
    }

    /** The only relay loop does something that lasts, as soon as the last client by another address has left. */
    private static void hang(RunningProxy proxy, FakeBackend server, CountDownLatch release) throws Exception {
        RunningProxy.Pair pair = proxy.establish(Peer.connect(HOLDS.getHostAddress(), proxy.port), server);
        CountDownLatch hangs = new CountDownLatch(1);
        proxy.server.endSessionsBy(Set.of(HOLDS), Duration.ofMinutes(1)).thenRun(() -> {
            hangs.countDown();
            await(release);
        });
        pair.client().reset();
        await(hangs);
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new AssertionError("it did not come within 10 s");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The kernel has connected them and taken their first words; they would wait for ever. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void callersThatWereNotAcceptedYetAreResetBeforeTheAddressGoes(Transport transport) throws Exception {
        settings.relayThreads = 1;
        CountDownLatch release = new CountDownLatch(1);
        List<Peer> callers = new ArrayList<>();
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = proxy(transport, "*").routeTo(server.address())) {
            hang(proxy, server, release);
            for (int i = 0; i < 300; i++) {
                callers.add(Peer.connect(MOVES.getHostAddress(), proxy.port).send(Packets.startup("app")));
            }
            CompletableFuture<Map<String, Long>> ends = proxy.server
                    .endSessionsBy(Set.of(MOVES), Duration.ZERO)
                    .thenApply(nothing -> ends(callers))
                    .toCompletableFuture();
            release.countDown();
            assertThat(ends.get(10, TimeUnit.SECONDS)).isEqualTo(Map.of("reset", 300L));
        } finally {
            release.countDown();
            callers.forEach(Peer::close);
        }
    }

    private static Map<String, Long> ends(List<Peer> callers) {
        return callers.stream().collect(Collectors.groupingBy(SelfCallsTest::endSoFar, Collectors.counting()));
    }

    private static String endSoFar(Peer caller) {
        try {
            caller.socket.setSoTimeout(1);
            return caller.readEnd();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void acceptThatFailedIsRememberedForAWhile() {
        AcceptTrouble trouble = new AcceptTrouble("primary");
        long before = System.nanoTime();
        assertThat(trouble.happenedWithin(1_000_000, before)).isFalse();
        new EmbeddedChannel(trouble).pipeline().fireExceptionCaught(new IOException("Too many open files"));
        assertThat(trouble.happenedWithin(TimeUnit.MINUTES.toNanos(1), System.nanoTime()))
                .isTrue();
        assertThat(trouble.happenedWithin(1, before + TimeUnit.MINUTES.toNanos(1)))
                .isFalse();
    }

    @Test
    void everySessionTakesTwoOfTheFreeDescriptors() throws Exception {
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = proxy(Transport.NIO, "*").routeTo(server.address())) {
            int before = proxy.server.freeDescriptors();
            proxy.establish(server);
            assertThat(proxy.server.freeDescriptors()).isEqualTo(before - 2);
        }
    }
}
