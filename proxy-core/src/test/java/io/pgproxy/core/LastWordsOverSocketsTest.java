package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.SessionsConfig.Transport;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The words of {@link LastWordsTest} reach real clients before their connections end, on every transport. */
@Timeout(30)
final class LastWordsOverSocketsTest {
    private static final String MOVES = "127.0.0.5";
    private static final Set<InetAddress> MOVING = Set.of(OneLoop.ip(MOVES));

    private final Settings settings = new Settings();

    private RunningProxy running(Transport transport, String host, FakeBackend server) throws Exception {
        settings.transport = transport;
        settings.farewell = true;
        return RunningProxy.on(host, settings).routeTo(server.address());
    }

    private static byte[] words(String why) {
        return Packets.error("57P01", "pgproxy: cluster \"main\": the session on pg1 ends, " + why);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void clientHearsThatItsNodeHasLostItsRole(Transport transport) throws Exception {
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = running(transport, "127.0.0.1", server)) {
            RunningProxy.Pair pair = proxy.establish(server);
            proxy.publish(Tables.roleLost(proxy.nextVersion(), Settings.PG1));
            assertThat(pair.client().readAll()).isEqualTo(words("role lost: role replica (was primary)"));
            assertThat(pair.backend().readEnd()).isEqualTo("end of stream");
        }
    }

    /** The loops end right behind it. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void clientHearsThatTheProxyStops(Transport transport) throws Exception {
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = running(transport, "127.0.0.1", server)) {
            RunningProxy.Pair pair = proxy.establish(server);
            proxy.server.close();
            assertThat(pair.client().readAll()).isEqualTo(words("shutdown"));
            assertThat(pair.backend().readEnd()).isIn("end of stream", "reset");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void clientWithinAMessageIsClosedWithoutAWord(Transport transport) throws Exception {
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = running(transport, "127.0.0.1", server)) {
            RunningProxy.Pair pair = proxy.establish(server);
            byte[] beginning = {'D', 0, 0, 0, 104};
            pair.backend().send(beginning);
            assertThat(pair.client().read(beginning.length)).isEqualTo(beginning);
            proxy.publish(Tables.roleLost(proxy.nextVersion(), Settings.PG1));
            assertThat(pair.client().readEnd()).isIn("end of stream", "reset");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void clientHearsThatItsAddressMovesAndIsReset(Transport transport) throws Exception {
        settings.movable = MovableAddresses.openAtFirst(MOVING);
        try (FakeBackend server = new FakeBackend();
                RunningProxy proxy = running(transport, "*", server)) {
            Peer client =
                    proxy.establish(Peer.connect(MOVES, proxy.port), server).client();
            proxy.server
                    .endSessionsBy(MOVING, Duration.ZERO)
                    .toCompletableFuture()
                    .get(1, TimeUnit.SECONDS);
            byte[] words = words("address moved: " + Departure.WHY);
            assertThat(client.read(words.length)).isEqualTo(words);
            assertThat(client.readEnd()).isEqualTo("reset");
        }
    }
}
