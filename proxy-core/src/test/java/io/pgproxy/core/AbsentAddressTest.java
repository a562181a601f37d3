package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.config.SessionsConfig.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Listeners on addresses of RFC 5737 and RFC 3849, which no host has. */
@Timeout(30)
final class AbsentAddressTest {
    private static final String V4 = "198.51.100.7";
    private static final String V6 = "2001:db8::7";

    @ParameterizedTest
    @CsvSource({"EPOLL," + V4, "EPOLL," + V6, "IO_URING," + V4, "IO_URING," + V6})
    void listenerMayWaitForAnAddressThatMoves(Transport transport, String host) throws Exception {
        ProxyServer server =
                server(transport, host, MovableAddresses.closedAtFirst(Set.of(InetAddress.getByName(host))));
        try {
            server.bind();
            assertThat(server.status().listeners()).allMatch(ProxyStatus.ListenerStatus::bound);
        } finally {
            server.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"EPOLL," + V4, "EPOLL," + V6, "IO_URING," + V4, "IO_URING," + V6, "NIO," + V4, "NIO," + V6})
    void anyOtherAddressMustBeHere(Transport transport, String host) throws Exception {
        InetAddress another = InetAddress.getByName("198.51.100.8");
        assertCannotListen(
                transport, host, MovableAddresses.closedAtFirst(Set.of(another)), "assign requested address");
    }

    @ParameterizedTest
    @ValueSource(strings = {V4, V6, "127.0.0.1"})
    void nioSaysWhatToDoForAnAddressThatMoves(String host) throws Exception {
        MovableAddresses movable = MovableAddresses.openAtFirst(Set.of(InetAddress.getByName(host)));
        assertCannotListen(Transport.NIO, host, movable, "use epoll or io_uring, or bind to every address (*)");
    }

    @Test
    void nioListensOnEveryAddressAlthoughOneMoves() throws Exception {
        ProxyServer server =
                server(Transport.NIO, "*", MovableAddresses.closedAtFirst(Set.of(InetAddress.getByName(V4))));
        try {
            server.bind();
            assertThat(server.status().listeners()).allMatch(ProxyStatus.ListenerStatus::bound);
        } finally {
            server.close();
        }
    }

    private static void assertCannotListen(Transport transport, String host, MovableAddresses movable, String why)
            throws IOException {
        ProxyServer server = server(transport, host, movable);
        try {
            assertThatThrownBy(server::bind)
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("listener primary cannot listen on ")
                    .hasMessageContaining(why);
        } finally {
            server.close();
        }
    }

    private static ProxyServer server(Transport transport, String host, MovableAddresses movable) throws IOException {
        Settings settings = new Settings();
        settings.transport = transport;
        settings.listeners = List.of(Settings.listener(Settings.LISTENER, host, RunningProxy.freePort()));
        RunningProxy.requireTransport(transport);
        var registry = new SimpleMeterRegistry();
        BackendEvents nobodyListens = new OneLoop().quietEvents();
        return new ProxyServer(
                settings.config(), new CurrentRoutes(System.nanoTime()), nobodyListens, registry, movable);
    }
}
