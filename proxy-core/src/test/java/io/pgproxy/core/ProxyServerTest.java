package io.pgproxy.core;

import static io.pgproxy.core.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.config.ListenerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The proxy as its neighbours see it: addresses, limits, and the way down. */
@Timeout(30)
final class ProxyServerTest {
    private final Settings settings = new Settings();

    @Test
    void wildcardIsReachedByBothAddressFamilies() throws Exception {
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.on("*", settings).routeTo(server.address());
                Peer v4 = Peer.connect("127.0.0.1", proxy.port);
                Peer v6 = Peer.connect("::1", proxy.port)) {
            v4.send(Packets.startup("app"));
            v6.send(Packets.startup("app"));
            assertThat(List.of(server.next(), server.next())).hasSize(2);
        }
    }

    @Test
    void oneIpv6AddressCanBeBoundAlone() throws Exception {
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.on("::1", settings).routeTo(server.address());
                Peer client = Peer.connect("::1", proxy.port)) {
            client.send(Packets.startup("app"));
            assertThat(server.next().read(8)).startsWith(0, 0, 0);
        }
    }

    @Test
    void takenPortIsNamedWithItsListener() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            settings.listeners = List.of(Settings.listener("writes", "127.0.0.1", taken.getLocalPort()));
            ProxyServer server = newServer();
            try {
                assertThatThrownBy(server::bind)
                        .isInstanceOf(IOException.class)
                        .hasMessageStartingWith(
                                "listener writes cannot listen on 127.0.0.1:" + taken.getLocalPort() + ": ")
                        .hasMessageContaining("in use");
            } finally {
                server.close();
            }
        }
    }

    @Test
    void secondListenersTakenPortLeavesTheFirstUnbound() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            leavesTheFirstUnbound(Settings.listener("second", "127.0.0.1", taken.getLocalPort()));
        }
    }

    @Test
    void secondListenersUnknownHostLeavesTheFirstUnbound() throws Exception {
        leavesTheFirstUnbound(Settings.listener("second", "no.such.host.invalid", 5432));
    }

    private void leavesTheFirstUnbound(ListenerConfig second) throws IOException {
        int port = RunningProxy.freePort();
        settings.listeners = List.of(Settings.listener("first", "127.0.0.1", port), second);
        ProxyServer server = newServer();
        try {
            assertThatThrownBy(server::bind).hasMessageStartingWith("listener second cannot listen on ");
            eventually("nobody listens on the first", () -> isRefused(port));
        } finally {
            server.close();
        }
    }

    /** NIO closes a listening socket only when its selector turns, so this may take a moment. */
    private static boolean isRefused(int port) {
        try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return !probe.isConnected();
        } catch (IOException refused) {
            return true;
        }
    }

    private ProxyServer newServer() {
        return new ProxyServer(
                settings.config(), new CurrentRoutes(0), new OneLoop().quietEvents(), new SimpleMeterRegistry());
    }

    @Test
    void sessionBeyondTheLimitIsToldSo() throws Exception {
        settings.maxSessions = 1;
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address())) {
            proxy.establish(server);
            try (Peer second = proxy.startClient()) {
                assertThat(text(second.readAll())).contains("C53300\0", "there are 1 sessions already");
            }
        }
    }

    @Test
    void sessionFitsAgainWhenOneHasEnded() throws Exception {
        settings.maxSessions = 1;
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address())) {
            proxy.establish(server).client().reset();
            eventually("nothing is open", () -> proxy.open() == 0);
            assertThat(proxy.establish(server).client().socket.isConnected()).isTrue();
        }
    }

    @Test
    void oldestSilentConnectionMakesRoomForANewerOne() throws Exception {
        settings.maxStartups = 1;
        settings.relayThreads = 1;
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address());
                Peer silent = proxy.connect()) {
            eventually("the first is counted", () -> proxy.startups() == 1);
            assertThat(proxy.establish(server).client().socket.isConnected()).isTrue();
            assertThat(silent.readEnd()).isIn("end of stream", "reset");
            assertThat(proxy.ended(CloseReason.STARTUP_LIMIT)).isEqualTo(1);
        }
    }

    @Test
    void sessionBeyondTheParkedLimitIsToldSo() throws Exception {
        settings.maxParked = 1;
        try (RunningProxy proxy = RunningProxy.with(settings);
                Peer first = proxy.startClient()) {
            eventually("the first waits", () -> proxy.parked() == 1);
            try (Peer second = proxy.startClient()) {
                assertThat(text(second.readAll())).contains("C53300\0", "no node has been checked yet");
            }
            assertThat(first.socket.isConnected()).isTrue();
        }
    }

    @Test
    void moreSessionsThanDescriptorsAllowAreNotPromised() throws Exception {
        settings.maxSessions = Integer.MAX_VALUE;
        try (LogLines lines = new LogLines(ProxyServer.class);
                RunningProxy proxy = RunningProxy.with(settings)) {
            int fit = Descriptors.sessionsIn(Descriptors.forConnections());
            assertThat(proxy.server.status().limits()).contains(new ProxyStatus.Limit("sessions", 0, fit));
            assertThat(lines.all())
                    .contains("WARN sessions.max is 2147483647, but the limit on open files leaves room for " + fit
                            + ": at most " + fit + " sessions");
        }
    }

    @Test
    void connectThatHangsIsLeftForTheNextTable() throws Exception {
        try (FakeBackend good = new FakeBackend();
                Unresponsive bad = new Unresponsive();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(bad.address());
                Peer client = proxy.startClient()) {
            eventually("the connect is under way", () -> sessionsOn(proxy, Settings.PG1) == 1);
            proxy.publish(Tables.goTo(proxy.nextVersion(), Tables.primary(Settings.PG2, good.address())));
            good.next().read(Packets.startup("app").length);
            assertThat(client.socket.isConnected()).isTrue();
        }
    }

    @Test
    void connectThatHangsIsGivenUpForTheNextCandidate() throws Exception {
        settings.connectTimeout = Duration.ofMillis(100);
        try (FakeBackend good = new FakeBackend();
                Unresponsive bad = new Unresponsive();
                RunningProxy proxy = RunningProxy.with(settings)) {
            proxy.publish(Tables.goTo(
                    1,
                    Tables.primary(Settings.PG1, bad.address()),
                    new Candidate(Settings.PG2, good.address(), Role.PRIMARY, 1, 100)));
            Peer client = proxy.startClient();
            good.next().read(Packets.startup("app").length);
            client.close();
            assertThat(proxy.connectFailures).hasValue(1);
        }
    }

    @Test
    void drainWaitsForTheLastSession() throws Exception {
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address())) {
            RunningProxy.Pair pair = proxy.establish(server);
            var drained = proxy.server.drain().toCompletableFuture();
            pair.client().send("still here");
            assertThat(pair.backend().readText(10)).isEqualTo("still here");
            assertThat(drained).isNotDone();
            pair.client().reset();
            drained.get(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void drainEndsAtItsDeadline() throws Exception {
        settings.drainTimeout = Duration.ofMillis(200);
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address())) {
            RunningProxy.Pair pair = proxy.establish(server);
            proxy.server.drain().toCompletableFuture().get(5, TimeUnit.SECONDS);
            assertThat(pair.client().socket.isClosed()).isFalse();
            assertThat(proxy.open()).isEqualTo(1);
        }
    }

    @Test
    void drainLetsCloseFollowOnItsOwnThread() throws Exception {
        try (RunningProxy proxy = RunningProxy.with(settings)) {
            proxy.server
                    .drain()
                    .thenRun(proxy.server::close)
                    .toCompletableFuture()
                    .get(4, TimeUnit.SECONDS);
            assertThat(proxy.open()).isZero();
        }
    }

    @Test
    void drainAcceptsNobodyAnyMore() throws Exception {
        try (RunningProxy proxy = RunningProxy.with(settings)) {
            proxy.server.drain();
            eventually("connects are refused", () -> isRefused(proxy.port));
        }
    }

    @Test
    void drainRefusesWhoWaits() throws Exception {
        try (RunningProxy proxy = RunningProxy.with(settings);
                Peer client = proxy.startClient()) {
            eventually("the client waits", () -> proxy.parked() == 1);
            proxy.server.drain();
            assertThat(text(client.readAll())).contains("C57P01\0", "shutting down");
        }
    }

    @Test
    void closeEndsEverySession() throws Exception {
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address())) {
            RunningProxy.Pair pair = proxy.establish(server);
            proxy.server.close();
            assertThat(pair.client().readEnd()).isIn("end of stream", "reset");
            assertThat(pair.backend().readEnd()).isIn("end of stream", "reset");
        }
    }

    @Test
    void tablePublishedAfterTheCloseIsNobodysBusiness() throws Exception {
        RunningProxy proxy = RunningProxy.with(settings);
        proxy.close();
        proxy.publish(Tables.nobody(1, "no primary"));
        assertThat(proxy.routes.current().version()).isEqualTo(1);
    }

    @Test
    void everyLoopTurns() throws Exception {
        try (RunningProxy proxy = RunningProxy.with(settings)) {
            assertThat(proxy.server.turns().toCompletableFuture().get(5, TimeUnit.SECONDS))
                    .isNull();
        }
    }

    @Test
    void statusTellsWhatIsBoundAndUsed() throws Exception {
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address())) {
            proxy.establish(server);
            var expected =
                    new ProxyStatus.ListenerStatus(Settings.LISTENER, "127.0.0.1:" + proxy.port, true, "primary", 1, 0);
            assertThat(proxy.server.status().listeners()).containsExactly(expected);
        }
    }

    private static int sessionsOn(RunningProxy proxy, String node) {
        return proxy.server.status().sessionsByNode().getOrDefault(node, 0);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** A listening socket whose queue is full: the kernel drops every further SYN, and a connect hangs. */
    private static final class Unresponsive implements AutoCloseable {
        private final ServerSocket server = new ServerSocket();
        private final List<Socket> fillers = List.of(new Socket(), new Socket());

        Unresponsive() throws IOException {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
            for (Socket filler : fillers) {
                filler.connect(server.getLocalSocketAddress());
            }
        }

        InetSocketAddress address() {
            return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
        }

        @Override
        public void close() throws IOException {
            server.close();
            for (Socket filler : fillers) {
                filler.close();
            }
        }
    }
}
