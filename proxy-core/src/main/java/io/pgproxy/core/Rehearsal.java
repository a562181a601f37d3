package io.pgproxy.core;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.config.BindAddress;
import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.ListenerConfig.Route;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.PgproxyConfig;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Some sessions over loopback, through a proxy that is made for them alone and a backend that says yes to everybody. A
 * standby serves its first clients in the middle of a failover, and a JVM needs a tenth of a second and more for code
 * that it has never run: it is to have run before. Neither the metrics nor any limit of the real proxy know of it, nor
 * does the log above DEBUG.
 */
public final class Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    private static final String NAME = "rehearsal";
    /** The first one loads the classes, and those after it have the calls between them linked. */
    private static final int SESSIONS = 10;

    /** For all of them, and for each step of one. A start is worth more than what is won here. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final int STEP_MILLIS = 1_000;
    private static final byte[] STARTUP =
            "\0\0\0\u0016\0\u0003\0\0user\0pgproxy\0\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] AUTHENTICATION_OK = {'R', 0, 0, 0, 8, 0, 0, 0, 0};
    private static final byte[] TERMINATE = {'X', 0, 0, 0, 4};

    private Rehearsal() {}

    /**
     * Holds them, one after the other. Blocks, usually for some tenths of a second; after 10 s it begins no more of
     * them, and where a step of one takes longer than 1 s it is the last. To be called by main.
     *
     * @param config whose sessions' settings are used; its listeners and nodes are not
     * @param enough asked before each of them: whether no more are wanted
     * @return whether every session went as it should; if not, only the first clients are served more slowly
     */
    public static boolean of(PgproxyConfig config, BooleanSupplier enough) {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket backend = new ServerSocket(0, SESSIONS, loopback)) {
            backend.setSoTimeout(STEP_MILLIS);
            CurrentRoutes routes = new CurrentRoutes(System.nanoTime());
            ProxyServer proxy =
                    new ProxyServer(scene(config, backend), routes, new Nobody(), new SimpleMeterRegistry());
            try {
                proxy.listen();
                routes.publish(to(new InetSocketAddress(loopback, backend.getLocalPort())));
                long begunNanos = System.nanoTime();
                for (int session = 0; session < SESSIONS; session++) {
                    if (enough.getAsBoolean() || System.nanoTime() - begunNanos >= PATIENCE_NANOS) {
                        return false;
                    }
                    session(proxy.boundAddress(NAME), backend);
                }
                return true;
            } finally {
                proxy.end();
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("the rehearsal was broken off", e);
            return false;
        }
    }

    private static PgproxyConfig scene(PgproxyConfig config, ServerSocket backend) {
        String host = backend.getInetAddress().getHostAddress();
        NodeConfig node =
                new NodeConfig(NAME, host, backend.getLocalPort(), backend.getLocalPort(), NodeConfig.Scheme.HTTP, 100);
        return new PgproxyConfig(
                List.of(node),
                List.of(ListenerConfig.withDefaults(NAME, new BindAddress(host, 0), Route.PRIMARY)),
                config.health(),
                config.hold(),
                config.failovers(),
                config.sessions(),
                config.patroni(),
                config.etcd(),
                config.vip(),
                config.admin(),
                config.log());
    }

    private static RoutingTable to(InetSocketAddress backend) {
        Candidate candidate = new Candidate(NAME, backend, Role.PRIMARY, 0, 100);
        long now = System.nanoTime();
        return new RoutingTable(1, now, NAME, Map.of(NAME, new ListenerRoute(List.of(candidate), "", now)), Map.of());
    }

    private static void session(InetSocketAddress proxy, ServerSocket backend) throws IOException {
        try (Socket client = new Socket()) {
            client.setSoTimeout(STEP_MILLIS);
            client.connect(proxy, STEP_MILLIS);
            client.getOutputStream().write(STARTUP);
            try (Socket server = backend.accept()) {
                server.setSoTimeout(STEP_MILLIS);
                read(server, STARTUP.length);
                server.getOutputStream().write(AUTHENTICATION_OK);
                read(client, AUTHENTICATION_OK.length);
                client.getOutputStream().write(TERMINATE);
                read(server, TERMINATE.length);
            }
        }
    }

    private static void read(Socket socket, int length) throws IOException {
        if (socket.getInputStream().readNBytes(length).length < length) {
            throw new EOFException("a connection of the rehearsal has ended too early");
        }
    }

    /** Nobody is told what these sessions notice. */
    private static final class Nobody implements BackendEvents {
        @Override
        public void connectFailed(String node, String reason) {}

        @Override
        public void backendClosed(String node) {}
    }
}
