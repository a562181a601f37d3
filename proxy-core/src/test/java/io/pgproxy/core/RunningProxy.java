package io.pgproxy.core;

import static io.pgproxy.core.Eventually.eventually;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.config.RulesConfig;
import io.pgproxy.config.SessionsConfig;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/** A real {@link ProxyServer} on a loopback port, with the test in the place of health. */
final class RunningProxy implements AutoCloseable {
    /**
     * Set to {@code true} where the kernel or the container refuses io_uring: its tests are then reported as aborted.
     * Without it they fail, for a test that was skipped unseen proves nothing.
     */
    private static final String MAY_LACK_IO_URING = "pgproxy.test.may-lack-io-uring";

    final CurrentRoutes routes = new CurrentRoutes(System.nanoTime());
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final AtomicInteger connectFailures = new AtomicInteger();
    final AtomicInteger backendCloses = new AtomicInteger();
    final ProxyServer server;
    final int port;

    private RunningProxy(Settings settings, int port) throws IOException {
        this.port = port;
        this.server = new ProxyServer(settings.config(), routes, events(), registry, settings.movable);
        server.bind();
    }

    /** On 127.0.0.1 and a free port. */
    static RunningProxy with(Settings settings) throws IOException {
        return on("127.0.0.1", settings);
    }

    static RunningProxy on(String host, Settings settings) throws IOException {
        int port = freePort();
        RulesConfig rules = settings.listeners.get(0).rules();
        settings.listeners =
                List.of(Settings.listener(Settings.LISTENER, host, port).withRules(rules));
        requireTransport(settings.transport);
        return new RunningProxy(settings, port);
    }

    /** Aborts the test if the transport is missing and may be; starting the proxy fails if it is missing anyway. */
    static void requireTransport(SessionsConfig.Transport transport) {
        Throwable whyNot = Transport.IO_URING.whyNot();
        boolean mayLack = Boolean.getBoolean(MAY_LACK_IO_URING);
        if (transport == SessionsConfig.Transport.IO_URING && whyNot != null && mayLack) {
            Assumptions.abort("no io_uring here: " + whyNot);
        }
    }

    /** Below the range that the kernel takes ports of outgoing connections from. */
    static int freePort() throws IOException {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (ServerSocket probe = new ServerSocket()) {
                probe.bind(new InetSocketAddress(port));
                return port;
            } catch (BindException taken) {
                // another one
            }
        }
    }

    private BackendEvents events() {
        return new BackendEvents() {
            @Override
            public void connectFailed(String node, String reason) {
                connectFailures.incrementAndGet();
            }

            @Override
            public void backendClosed(String node) {
                backendCloses.incrementAndGet();
            }
        };
    }

    /** New sessions go there, as if health had said so. */
    RunningProxy routeTo(InetSocketAddress address) {
        publish(Tables.goTo(nextVersion(), Tables.primary(Settings.PG1, address)));
        return this;
    }

    void publish(RoutingTable table) {
        routes.publish(table);
    }

    long nextVersion() {
        return routes.current().version() + 1;
    }

    Peer connect() throws IOException {
        return Peer.connect("127.0.0.1", port);
    }

    /** A client whose startup packet has been sent. */
    Peer startClient() throws IOException {
        return connect().send(Packets.startup("app"));
    }

    /** A client and its backend that have said hello. */
    Pair establish(FakeBackend at) throws IOException, InterruptedException {
        return establish(connect(), at);
    }

    /** The same, for a client that is connected. */
    Pair establish(Peer client, FakeBackend at) throws IOException, InterruptedException {
        client.send(Packets.startup("app"));
        Peer backend = at.next();
        backend.read(Packets.startup("app").length);
        backend.send(Packets.authenticationOk());
        client.read(Packets.authenticationOk().length);
        return new Pair(client, backend);
    }

    record Pair(Peer client, Peer backend) {}

    int open() {
        return used("sessions");
    }

    int parked() {
        return used("parked");
    }

    int startups() {
        return used("startups");
    }

    int established() {
        return server.status().listeners().get(0).sessions();
    }

    int used(String limit) {
        return server.status().limits().stream()
                .filter(entry -> entry.name().equals(limit))
                .findFirst()
                .orElseThrow()
                .used();
    }

    /** Connections of clients that ended for that reason. */
    int ended(CloseReason reason) {
        Counter counter = registry.find("pgproxy.listener.connections.ended")
                .tag("reason", reason.label())
                .counter();
        return counter == null ? 0 : (int) counter.count();
    }

    int endedForAnyReason() {
        return Arrays.stream(CloseReason.values()).mapToInt(this::ended).sum();
    }

    int accepted() {
        return (int) registry.get("pgproxy.listener.connections").counter().count();
    }

    void awaitEnded(CloseReason reason) {
        eventually("a connection ended as " + reason.label(), () -> ended(reason) > 0);
    }

    @Override
    public void close() {
        server.close();
    }
}
