package io.pgproxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Patroni's REST API of a node that is the primary, for as long as it runs. */
final class FakePatroni implements AutoCloseable {
    private static final String PRIMARY =
            """
            {"state": "running", "role": "primary", "server_version": 180000, "timeline": 3,
             "xlog": {"location": 67419584}, "database_system_identifier": "7340000000000000001",
             "dcs_last_seen": 1780000000, "patroni": {"version": "4.1.0", "scope": "main", "name": "pg102"}}
            """;

    private final HttpServer server;
    private final Semaphore answers = new Semaphore(0);

    FakePatroni() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/primary", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.getResponseHeaders().set("Connection", "close");
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(PRIMARY.getBytes(UTF_8));
            exchange.close();
            answers.release();
        });
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** Waits until so many more checks have been answered. */
    void awaitAnswers(int count) throws InterruptedException {
        if (!answers.tryAcquire(count, 30, TimeUnit.SECONDS)) {
            throw new AssertionError("only " + answers.availablePermits() + " checks were answered within 30 s");
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
