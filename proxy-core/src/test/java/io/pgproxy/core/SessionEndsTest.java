package io.pgproxy.core;

import static io.pgproxy.core.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.LeakPresenceDetector;
import io.pgproxy.config.SessionsConfig.Transport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What ends sessions from outside of them, and those that never began, on every transport. */
@Timeout(30)
final class SessionEndsTest {
    private final Settings settings = new Settings();

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void lostRoleEndsTheSessionAtOnce(Transport transport) throws Exception {
        settings.transport = transport;
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address())) {
            RunningProxy.Pair pair = proxy.establish(server);
            proxy.publish(Tables.roleLost(proxy.nextVersion(), Settings.PG1));
            assertThat(pair.client().readEnd()).isIn("end of stream", "reset");
            assertThat(pair.backend().readEnd()).isIn("end of stream", "reset");
            proxy.awaitEnded(CloseReason.ROLE_LOST);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void tableThatOffersNobodyKeepsTheSession(Transport transport) throws Exception {
        settings.transport = transport;
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address())) {
            RunningProxy.Pair pair = proxy.establish(server);
            proxy.publish(Tables.nobody(proxy.nextVersion(), "no primary"));
            proxy.server.turns().toCompletableFuture().get();
            pair.client().send("still here");
            assertThat(pair.backend().readText(10)).isEqualTo("still here");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void parkedClientThatClosesIsNoticed(Transport transport) throws Exception {
        settings.transport = transport;
        try (RunningProxy proxy = RunningProxy.with(settings)) {
            Peer client = proxy.startClient();
            eventually("the client waits", () -> proxy.parked() == 1);
            client.close();
            eventually("nobody waits", () -> proxy.parked() == 0);
            proxy.awaitEnded(CloseReason.CLIENT_LEFT);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void parkedClientThatResetsIsNoticed(Transport transport) throws Exception {
        settings.transport = transport;
        try (RunningProxy proxy = RunningProxy.with(settings)) {
            Peer client = proxy.startClient();
            eventually("the client waits", () -> proxy.parked() == 1);
            client.reset();
            eventually("nobody waits", () -> proxy.parked() == 0);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void expiredHoldIsExplained(Transport transport) throws Exception {
        settings.transport = transport;
        settings.hold = Duration.ofMillis(50);
        try (RunningProxy proxy = RunningProxy.with(settings)) {
            proxy.publish(Tables.nobody(1, "no primary: pg1 replica"));
            try (Peer client = proxy.startClient()) {
                String said = new String(client.readAll(), StandardCharsets.UTF_8);
                assertThat(said).startsWith("E").contains("C57P03\0", "\"main\": no primary: pg1 replica, for 0 s");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void cancelReachesTheBackend(Transport transport) throws Exception {
        settings.transport = transport;
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address());
                Peer canceller = proxy.connect()) {
            canceller.send(Packets.cancel(4711, 32));
            assertThat(server.next().read(44)).isEqualTo(Packets.cancel(4711, 32));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void cancellerIsClosedOnlyAfterTheBackend(Transport transport) throws Exception {
        settings.transport = transport;
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address());
                Peer canceller = proxy.connect()) {
            canceller.send(Packets.cancel(4711, 4));
            Peer backend = server.next();
            backend.read(16);
            canceller.socket.setSoTimeout(100);
            assertThat(canceller.readEnd()).isEqualTo("nothing");
            canceller.socket.setSoTimeout(10_000);
            backend.close();
            assertThat(canceller.readEnd()).isEqualTo("end of stream");
        }
    }

    /** Every way to end at once, many times over: all that was counted and every buffer is given back. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void mixOfAllEndsLeavesNothingBehind(Transport transport) throws Exception {
        settings.transport = transport;
        settings.halfCloseTimeout = Duration.ofMillis(100);
        try (FakeBackend server = new FakeBackend()) {
            RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address());
            try (proxy) {
                List<Peer> parties = new ArrayList<>();
                for (int round = 0; round < 5; round++) {
                    playEveryEnd(proxy, server, parties);
                }
                eventually("only the two per round that a table ends are left", () -> proxy.established() == 10);
                proxy.publish(Tables.roleLost(proxy.nextVersion(), Settings.PG1));
                parties.add(proxy.startClient()); // parked until it leaves
                eventually("one waits", () -> proxy.parked() == 1);
                parties.forEach(Peer::close);
                eventually("nothing is counted: " + proxy.server.status(), () -> isIdle(proxy.server.status()));
                assertThat(proxy.accepted()).isEqualTo(proxy.endedForAnyReason());
            }
            eventually("no buffer is open", SessionEndsTest::noBufferIsOpen);
        }
    }

    private static void playEveryEnd(RunningProxy proxy, FakeBackend server, List<Peer> parties) throws Exception {
        proxy.establish(server).client().send(new byte[100_000]).close();
        proxy.establish(server).client().reset();
        proxy.establish(server).backend().send(new byte[100_000]).close();
        proxy.establish(server).backend().reset();
        proxy.establish(server).client().finish();
        proxy.establish(server).backend().finish();
        proxy.connect().close();
        proxy.connect().send(new byte[] {0, 0}).reset();
        proxy.connect().send("GET / HTTP/1.1").finish().close();
        Peer impatient = proxy.startClient();
        Peer asked = server.next();
        impatient.close();
        asked.reset();
        proxy.connect().send(Packets.cancel(1, 4)).close();
        server.next().close();
        Peer encrypted = proxy.connect().send(Packets.sslRequest());
        server.next().send("S");
        encrypted.read(1);
        encrypted.close();
        for (int i = 0; i < 2; i++) {
            RunningProxy.Pair pair = proxy.establish(server);
            parties.add(pair.client());
            parties.add(pair.backend());
        }
    }

    private static boolean isIdle(ProxyStatus status) {
        return status.limits().stream().allMatch(limit -> limit.used() == 0)
                && status.sessionsByNode().values().stream().allMatch(sessions -> sessions == 0)
                && status.listeners().stream().allMatch(listener -> listener.sessions() == 0 && listener.parked() == 0);
    }

    private static boolean noBufferIsOpen() {
        try {
            LeakPresenceDetector.check();
            return true;
        } catch (IllegalStateException open) {
            return false;
        }
    }
}
