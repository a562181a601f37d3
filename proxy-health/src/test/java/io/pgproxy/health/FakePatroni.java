package io.pgproxy.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pgproxy.config.NodeConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** One node's REST API on loopback, which says what it is told to, or nothing while it is frozen. */
final class FakePatroni implements AutoCloseable {
    final AtomicInteger asked = new AtomicInteger();
    private final String name;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile int status;
    private volatile String body = "";
    private volatile boolean frozen;
    private volatile String member = "";
    private volatile String scope = "main";

    FakePatroni(String name, InetSocketAddress at) throws IOException {
        this.name = name;
        server = HttpServer.create(at, 0);
        server.setExecutor(threads);
        server.createContext("/primary", this::answer);
        server.start();
    }

    static FakePatroni primary(String name, int timeline) throws IOException {
        return primary(name, timeline, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    static FakePatroni primary(String name, int timeline, InetSocketAddress at) throws IOException {
        return new FakePatroni(name, at).becomePrimary(timeline);
    }

    static FakePatroni replica(String name, int timeline) throws IOException {
        return new FakePatroni(name, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .becomeReplica(timeline);
    }

    FakePatroni becomePrimary(int timeline) {
        return say(200, "primary", timeline);
    }

    FakePatroni becomeReplica(int timeline) {
        return say(503, "replica", timeline);
    }

    /** From the next answer on it says that this is its name. */
    FakePatroni callItself(String name) {
        member = ", \"name\": \"" + name + "\"";
        return this;
    }

    /** A primary of another one from the next answer on. */
    FakePatroni ofCluster(String name) {
        scope = name;
        return becomePrimary(9);
    }

    void freeze() {
        frozen = true;
    }

    NodeConfig node() {
        return node("127.0.0.1");
    }

    NodeConfig node(String host) {
        return Settings.node(name, host, port());
    }

    int port() {
        return server.getAddress().getPort();
    }

    private FakePatroni say(int nextStatus, String role, int timeline) {
        body = "{\"state\": \"running\", \"role\": \"" + role + "\", \"timeline\": " + timeline
                + ", \"database_system_identifier\": \"1\", \"patroni\": {\"scope\": \"" + scope + "\"" + member + "}}";
        status = nextStatus;
        return this;
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked.incrementAndGet();
        if (frozen) {
            try {
                closing.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
