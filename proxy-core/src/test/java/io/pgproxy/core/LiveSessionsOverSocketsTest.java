package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.SessionsConfig.Transport;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With real sockets, on every transport: the ports that the two ends see. */
@Timeout(30)
final class LiveSessionsOverSocketsTest {
    private static final byte[] STARTUP = Packets.startup("app");

    private final Settings settings = new Settings();

    private static SessionFilter port(Peer backend) {
        return new SessionFilter(OptionalInt.of(backend.socket.getPort()), Optional.empty());
    }

    private static LiveSessions.Found find(RunningProxy proxy, SessionFilter filter) {
        return proxy.server
                .sessions()
                .find(filter, 10, proxy.server.sessions().dueNanos())
                .toCompletableFuture()
                .join();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void portThatTheBackendSeesLeadsToTheClient(Transport transport) throws Exception {
        settings.transport = transport;
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address())) {
            proxy.establish(server);
            RunningProxy.Pair pair = proxy.establish(server);
            LiveSessions.Found found = find(proxy, port(pair.backend()));
            assertThat(found.count()).isEqualTo(1);
            SessionStatus session = found.sessions().get(0);
            assertThat(session.client().getPort())
                    .isEqualTo(pair.client().socket.getLocalPort());
            assertThat(session.backend())
                    .contains(new SessionStatus.Backend(
                            Settings.PG1, pair.backend().socket.getPort()));
            assertThat(session.balancer()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void oneIsEndedByItsPortAndTheOtherIsNot(Transport transport) throws Exception {
        settings.transport = transport;
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address())) {
            RunningProxy.Pair other = proxy.establish(server);
            RunningProxy.Pair pair = proxy.establish(server);
            proxy.server
                    .sessions()
                    .end(port(pair.backend()), proxy.server.sessions().dueNanos())
                    .toCompletableFuture()
                    .join();
            assertThat(pair.client().readEnd()).isIn("end of stream", "reset");
            assertThat(pair.backend().readEnd()).isIn("end of stream", "reset");
            other.client().send("still here");
            assertThat(other.backend().readText(10)).isEqualTo("still here");
            proxy.awaitEnded(CloseReason.ENDED_BY_OPERATOR);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void clientOfABalancerIsNamedWithTheBalancer(Transport transport) throws Exception {
        settings.transport = transport;
        settings.rules(new Rules().proxyProtocolFrom("127.0.0.0", 8).config());
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = RunningProxy.with(settings).routeTo(server.address());
                Peer client = proxy.connect()) {
            client.send(ProxyHeaders.concat(ProxyHeaders.v2From("192.0.2.7"), STARTUP));
            Peer backend = server.next();
            backend.read(STARTUP.length);
            backend.send(Packets.authenticationOk());
            client.read(Packets.authenticationOk().length);
            SessionStatus session = find(proxy, port(backend)).sessions().get(0);
            assertThat(session.client().getAddress().getHostAddress()).isEqualTo("192.0.2.7");
            assertThat(session.balancer().orElseThrow().getPort()).isEqualTo(client.socket.getLocalPort());
        }
    }
}
