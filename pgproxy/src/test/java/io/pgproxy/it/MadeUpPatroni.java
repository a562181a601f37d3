package io.pgproxy.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Patroni's REST API where there is no Patroni: always says the same of one node. */
final class MadeUpPatroni implements AutoCloseable {
    private static final String REST =
            """
             "state": "running", "timeline": 3, "database_system_identifier": "7340000000000000001",
             "patroni": {"version": "4.1.0", "scope": "main", "name": "%s"}}
            """;

    private final HttpServer server;

    private MadeUpPatroni(String address, int status, String body) throws IOException {
        server = HttpServer.create(new InetSocketAddress(address, 0), 0);
        server.createContext("/primary", exchange -> {
            exchange.getResponseHeaders().set("Connection", "close");
            exchange.sendResponseHeaders(status, 0);
            exchange.getResponseBody().write(body.getBytes(UTF_8));
            exchange.close();
        });
        server.start();
    }

    static MadeUpPatroni ofPrimary(String name, String address) throws IOException {
        String head = "{\"role\": \"primary\", \"xlog\": {\"location\": 67419584},";
        return new MadeUpPatroni(address, 200, head + REST.formatted(name));
    }

    static MadeUpPatroni ofReplica(String name, String address) throws IOException {
        String head = "{\"role\": \"replica\", \"replication_state\": \"streaming\", \"xlog\":"
                + " {\"received_location\": 67419584, \"replayed_location\": 67419584, \"paused\": false},";
        return new MadeUpPatroni(address, 503, head + REST.formatted(name));
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
