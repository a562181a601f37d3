package io.pgproxy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.config.yaml.ConfigLoader;
import io.pgproxy.config.yaml.LoadResult.Loaded;
import io.pgproxy.core.BackendEvents;
import io.pgproxy.core.Candidate;
import io.pgproxy.core.CurrentRoutes;
import io.pgproxy.core.ListenerRoute;
import io.pgproxy.core.MovableAddresses;
import io.pgproxy.core.ProxyServer;
import io.pgproxy.core.Role;
import io.pgproxy.core.RoutingTable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A real proxy with one relay loop and one listener for writes on all of 127.0.0.0/8, of which one address plays the
 * one that moves; nobody is let in by that at first.
 */
final class Loopback implements AutoCloseable {
    static final InetAddress MOVES = ip("127.0.0.5");

    final CurrentRoutes routes = new CurrentRoutes(System.nanoTime());
    final PgproxyConfig config;
    final ProxyServer proxy;
    private final int port;

    Loopback(BackendEvents events) throws IOException {
        port = freePort();
        String text = "nodes: [{name: pg102, host: 127.0.0.1}]\n"
                + "listeners: [{name: primary, bind: \"*:" + port + "\", route: primary}]\n"
                + "sessions: {relay-threads: 1}\n";
        config = ((Loaded) ConfigLoader.parse(text, Path.of("/"))).config();
        MovableAddresses movable = MovableAddresses.closedAtFirst(List.of(MOVES));
        proxy = new ProxyServer(config, routes, events, new SimpleMeterRegistry(), movable);
    }

    /** New sessions go there. */
    Loopback routeTo(int backendPort) {
        InetSocketAddress backend = new InetSocketAddress(InetAddress.getLoopbackAddress(), backendPort);
        ListenerRoute route = new ListenerRoute(List.of(new Candidate("pg102", backend, Role.PRIMARY, 0, 100)), "", 0);
        routes.publish(new RoutingTable(1, System.nanoTime(), "main", Map.of("primary", route), Map.of()));
        return this;
    }

    /** A client that has said who it is. */
    Socket client(InetAddress by) throws IOException {
        Socket client = new Socket(by, port);
        client.setSoTimeout(10_000);
        client.getOutputStream().write(FakePostgres.STARTUP);
        return client;
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static InetAddress ip(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (IOException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    @Override
    public void close() {
        proxy.close();
    }

    /** Nobody wants to know. */
    static final class NoEvents implements BackendEvents {
        @Override
        public void connectFailed(String node, String reason) {}

        @Override
        public void backendClosed(String node) {}
    }
}
