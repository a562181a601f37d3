package io.pgproxy.core;

import static io.pgproxy.core.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproxy.config.SessionsConfig.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What clients of every kind see when the address by which they came moves away, on every transport. All of 127.0.0.0/8
 * is this host; one address of it plays the one that moves.
 */
@Timeout(30)
final class MovedAddressTest {
    private static final String MOVES = "127.0.0.5";
    private static final String STAYS = "127.0.0.1";
    private static final Set<InetAddress> MOVING = Set.of(OneLoop.ip(MOVES));
    private static final int AT_ONCE_MILLIS = 1_000;

    private final Settings settings = new Settings();

    private RunningProxy open(Transport transport) throws IOException {
        return running(transport, MovableAddresses.openAtFirst(MOVING));
    }

    private RunningProxy closed(Transport transport) throws IOException {
        return running(transport, MovableAddresses.closedAtFirst(MOVING));
    }

    private RunningProxy running(Transport transport, MovableAddresses movable) throws IOException {
        settings.transport = transport;
        settings.movable = movable;
        return RunningProxy.on("*", settings);
    }

    private static Peer visitor(RunningProxy proxy) throws IOException {
        return Peer.connect(MOVES, proxy.port);
    }

    /** The reset may come while the client still looks at whether it is connected. */
    private static String endOfNewcomer(String host, int port) {
        try (Peer client = Peer.connect(host, port)) {
            return client.readEnd();
        } catch (IOException early) {
            return String.valueOf(early.getMessage()).startsWith("Connection reset") ? "reset" : early.toString();
        }
    }

    private static RunningProxy.Pair session(RunningProxy proxy, String by, FakeBackend server) throws Exception {
        return proxy.establish(Peer.connect(by, proxy.port), server);
    }

    private static CompletableFuture<Void> end(RunningProxy proxy, Duration drain) {
        return proxy.server.endSessionsBy(MOVING, drain).toCompletableFuture();
    }

    private static void endAtOnce(RunningProxy proxy) throws Exception {
        end(proxy, Duration.ZERO).get(AT_ONCE_MILLIS, TimeUnit.MILLISECONDS);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void newcomerByAClosedAddressIsResetAndCounted(Transport transport) throws Exception {
        try (RunningProxy proxy = closed(transport)) {
            assertThat(endOfNewcomer(MOVES, proxy.port)).isEqualTo("reset");
            proxy.awaitEnded(CloseReason.ADDRESS_CLOSED);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void otherAddressesOfTheListenerStayOpen(Transport transport) throws Exception {
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = closed(transport).routeTo(server.address())) {
            session(proxy, STAYS, server);
            assertThat(proxy.established()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void openedAddressLetsClientsIn(Transport transport) throws Exception {
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = closed(transport).routeTo(server.address())) {
            proxy.server.openTo(MOVING);
            session(proxy, MOVES, server);
            assertThat(proxy.established()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void addressOfTheOtherFamilyMovesAlike(Transport transport) throws Exception {
        InetAddress v6 = OneLoop.ip("::1");
        try (RunningProxy proxy = running(transport, MovableAddresses.openAtFirst(Set.of(v6)))) {
            proxy.server.closeTo(Set.of(v6));
            assertThat(endOfNewcomer("::1", proxy.port)).isEqualTo("reset");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void clientOfASessionIsResetBeforeTheEndIsDone(Transport transport) throws Exception {
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = open(transport).routeTo(server.address())) {
            Peer client = session(proxy, MOVES, server).client();
            client.socket.setSoTimeout(1); // after that the address would be gone
            endAtOnce(proxy);
            assertThat(client.readEnd()).isEqualTo("reset");
            assertThat(proxy.ended(CloseReason.ADDRESS_MOVED)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void backendOfASessionIsClosed(Transport transport) throws Exception {
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = open(transport).routeTo(server.address())) {
            Peer backend = session(proxy, MOVES, server).backend();
            endAtOnce(proxy);
            assertThat(backend.readEnd()).isEqualTo("end of stream");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void sessionByAnotherAddressGoesOn(Transport transport) throws Exception {
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = open(transport).routeTo(server.address())) {
            session(proxy, MOVES, server);
            RunningProxy.Pair other = session(proxy, STAYS, server);
            endAtOnce(proxy);
            other.client().send("still here");
            assertThat(other.backend().readText(10)).isEqualTo("still here");
        }
    }

    /** A FIN would wait behind megabytes that the client does not take. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void clientThatDoesNotReadIsResetToo(Transport transport) throws Exception {
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = open(transport).routeTo(server.address())) {
            RunningProxy.Pair pair = session(proxy, MOVES, server);
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> sendForEver(pair.backend()));
            eventually("the client's way is full", () -> isStalled(proxy));
            endAtOnce(proxy);
            sending.get(10, TimeUnit.SECONDS);
            assertThat(endBehindWhatIsLeft(pair.client())).isEqualTo("reset");
        }
    }

    private static void sendForEver(Peer backend) {
        try {
            while (true) {
                backend.send(new byte[1 << 20]);
            }
        } catch (IOException ended) {
            // as it should
        }
    }

    private static double relayed(RunningProxy proxy) {
        return proxy.registry
                .get("pgproxy.listener.relayed")
                .tag("from", "backend")
                .functionCounter()
                .count();
    }

    private static boolean isStalled(RunningProxy proxy) {
        double before = relayed(proxy);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        return before > 1 << 20 && relayed(proxy) == before;
    }

    private static String endBehindWhatIsLeft(Peer client) {
        try {
            client.readAll();
            return "end of stream";
        } catch (IOException broken) {
            return "reset";
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void clientThatHasFinishedIsReset(Transport transport) throws Exception {
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = open(transport).routeTo(server.address())) {
            RunningProxy.Pair pair = session(proxy, MOVES, server);
            pair.client().finish();
            pair.backend().readEnd();
            endAtOnce(proxy);
            assertThat(pair.client().readEnd()).isEqualTo("reset");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void clientThatWaitsForABackendIsToldWhy(Transport transport) throws Exception {
        try (RunningProxy proxy = open(transport);
                Peer client = visitor(proxy).send(Packets.startup("app"))) {
            eventually("the client waits", () -> proxy.parked() == 1);
            endAtOnce(proxy);
            assertThat(new String(client.readAll(), StandardCharsets.UTF_8))
                    .startsWith("E")
                    .contains("C57P01\0", "moves to another host; connect again");
        }
    }

    /** Any text would be taken for the answer to its question. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void clientThatWaitsForEncryptionIsReset(Transport transport) throws Exception {
        try (RunningProxy proxy = open(transport);
                Peer client = visitor(proxy).send(Packets.sslRequest())) {
            eventually("the client waits", () -> proxy.parked() == 1);
            endAtOnce(proxy);
            assertThat(client.readEnd()).isEqualTo("reset");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void clientThatHasSaidNothingIsReset(Transport transport) throws Exception {
        try (RunningProxy proxy = open(transport);
                Peer client = visitor(proxy)) {
            eventually("the client is there", () -> proxy.startups() == 1);
            endAtOnce(proxy);
            assertThat(client.readEnd()).isEqualTo("reset");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void refusedClientThatIsHeardOutIsReset(Transport transport) throws Exception {
        settings.rules(new Rules().allowFrom("192.0.2.0", 24).config());
        try (RunningProxy proxy = open(transport);
                Peer client = visitor(proxy)) {
            proxy.awaitEnded(CloseReason.SOURCE_REFUSED);
            endAtOnce(proxy);
            assertThat(client.readEnd()).isEqualTo("reset");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void cancellerIsReset(Transport transport) throws Exception {
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = open(transport).routeTo(server.address());
                Peer canceller = visitor(proxy).send(Packets.cancel(4711, 4))) {
            server.next().read(16);
            endAtOnce(proxy);
            assertThat(canceller.readEnd()).isEqualTo("reset");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void everythingThatVisitorsTookIsGivenBack(Transport transport) throws Exception {
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = open(transport).routeTo(server.address())) {
            session(proxy, MOVES, server);
            visitor(proxy);
            visitor(proxy).send(Packets.sslRequest());
            server.next();
            proxy.publish(Tables.nobody(proxy.nextVersion(), "no primary"));
            visitor(proxy).send(Packets.startup("app"));
            eventually("the last of them waits", () -> proxy.parked() >= 1 && proxy.startups() == 1);
            endAtOnce(proxy);
            eventually("nothing is counted: " + proxy.server.status(), () -> isIdle(proxy));
        }
    }

    private static boolean isIdle(RunningProxy proxy) {
        return proxy.server.status().limits().stream().allMatch(limit -> limit.used() == 0);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void drainLetsSessionsGoOnAndIsDoneWithTheLast(Transport transport) throws Exception {
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = open(transport).routeTo(server.address())) {
            RunningProxy.Pair pair = session(proxy, MOVES, server);
            CompletableFuture<Void> ended = end(proxy, Duration.ofMinutes(1));
            pair.client().send("still here");
            assertThat(pair.backend().readText(10)).isEqualTo("still here");
            assertThat(ended).isNotDone();
            pair.client().reset();
            ended.get(5, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void drainLetsNobodyIn(Transport transport) throws Exception {
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = open(transport).routeTo(server.address())) {
            session(proxy, MOVES, server);
            end(proxy, Duration.ofMinutes(1));
            assertThat(endOfNewcomer(MOVES, proxy.port)).isEqualTo("reset");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void drainEndsSessionsAtItsDeadline(Transport transport) throws Exception {
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = open(transport).routeTo(server.address())) {
            RunningProxy.Pair pair = session(proxy, MOVES, server);
            end(proxy, Duration.ofMillis(50)).get(5, TimeUnit.SECONDS);
            assertThat(pair.client().readEnd()).isEqualTo("reset");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void openingCallsTheDrainOff(Transport transport) throws Exception {
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = open(transport).routeTo(server.address())) {
            session(proxy, MOVES, server);
            CompletableFuture<Void> ended = end(proxy, Duration.ofMinutes(1));
            proxy.server.openTo(MOVING);
            assertThatThrownBy(() -> ended.get(5, TimeUnit.SECONDS)).hasCauseInstanceOf(CancellationException.class);
            assertThat(proxy.established()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void nobodyIsLeftAfterTheClose(Transport transport) throws Exception {
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = open(transport).routeTo(server.address())) {
            session(proxy, MOVES, server);
            CompletableFuture<Void> before = end(proxy, Duration.ofMinutes(1));
            proxy.server.close();
            CompletableFuture<Void> after = end(proxy, Duration.ofMinutes(1));
            CompletableFuture.allOf(before, after).get(5, TimeUnit.SECONDS);
            assertThat(proxy.open()).isZero();
        }
    }
}
