package io.pgproxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.admin.AdminServer;
import io.pgproxy.admin.Contents;
import io.pgproxy.admin.Order;
import io.pgproxy.config.AdminConfig;
import io.pgproxy.config.BindAddress;
import io.pgproxy.status.FailoverReport;
import io.pgproxy.status.Reports;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client and the real server, over a real socket. */
@Timeout(30)
class OrderClientTest {
    @TempDir
    private Path folder;

    private final AtomicInteger moves = new AtomicInteger();
    private Path socket = Path.of("unset");
    private AdminServer server = server();
    private InetSocketAddress port = InetSocketAddress.createUnresolved("unbound", 0);

    @BeforeEach
    void bind() throws IOException {
        socket = folder.resolve("admin.sock");
        server.close();
        server = server();
        port = server.bind();
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private AdminServer server() {
        return new AdminServer(
                new AdminConfig(new BindAddress("127.0.0.1", 0), socket),
                new Contents(Reports::healthy, () -> new FailoverReport(100, List.of()), () -> ""),
                Map.of(),
                Map.of("/api/v1/move", nothing -> move()),
                new SimpleMeterRegistry());
    }

    private CompletionStage<String> move() throws Order.RefusedException {
        if (moves.incrementAndGet() > 1) {
            throw new Order.RefusedException("it is not here any more");
        }
        return CompletableFuture.completedFuture("moving");
    }

    private OrderClient.Reply send(String method, String path) throws IOException {
        return new OrderClient(socket).send(method, path);
    }

    @Test
    void carriesOutAnOrder() throws IOException {
        assertThat(send("POST", "/api/v1/move")).isEqualTo(new OrderClient.Reply(200, "moving\n"));
        assertThat(moves).hasValue(1);
    }

    @Test
    void tellsWhyAnOrderIsRefused() throws IOException {
        send("POST", "/api/v1/move");
        assertThat(send("POST", "/api/v1/move")).isEqualTo(new OrderClient.Reply(409, "it is not here any more\n"));
    }

    @Test
    void takesNoOrderByAQuestion() throws IOException {
        assertThat(send("GET", "/api/v1/move").status()).isEqualTo(405);
        assertThat(moves).hasValue(0);
    }

    @Test
    void takesNoOrderOverTheNetwork() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.getPort() + "/api/v1/move"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.body()).isEqualTo("Only over the socket " + socket + ".\n");
        assertThat(moves).hasValue(0);
    }

    @Test
    void answersQuestionsToo() throws IOException {
        assertThat(send("GET", "/readyz")).isEqualTo(new OrderClient.Reply(200, "ready\n"));
    }

    @Test
    void onlyItsOwnerAndGroupMayOpenIt() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-rw----");
    }

    @Test
    void takesThePlaceOfWhatAKilledProgramLeft() throws IOException {
        server.close();
        try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            killed.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();
        server = server();
        server.bind();
        assertThat(send("GET", "/healthz").status()).isEqualTo(200);
    }

    @Test
    void leavesTheSocketOfAnotherProgramAlone() throws IOException {
        try (AdminServer second = server()) {
            second.bind();
        }
        assertThat(send("GET", "/healthz").status()).isEqualTo(200);
    }

    /** The port has 64 places, and whoever comes then gets the place of the oldest. */
    @Test
    void keepsItsConnectionWhoeverFillsThePort() throws Exception {
        List<Socket> strangers = new ArrayList<>();
        try (SocketChannel order = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            write(order, "POST /api/v1/move HTTP/1.1\r\n");
            for (int i = 0; i < 80; i++) {
                strangers.add(new Socket(port.getAddress(), port.getPort()));
            }
            readOneAnswer(strangers.get(79)); // the others were accepted before it
            write(order, "Host: a\r\n\r\n");

            assertThat(new String(Channels.newInputStream(order).readAllBytes(), UTF_8))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .endsWith("moving\n");
        } finally {
            for (Socket stranger : strangers) {
                stranger.close();
            }
        }
    }

    private static void write(SocketChannel order, String text) throws IOException {
        ByteBuffer bytes = UTF_8.encode(text);
        while (bytes.hasRemaining()) {
            order.write(bytes);
        }
    }

    private static void readOneAnswer(Socket stranger) throws IOException {
        stranger.getOutputStream().write("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(UTF_8));
        assertThat(stranger.getInputStream().readAllBytes()).isNotEmpty();
    }

    @Test
    void isGoneWithTheProgram() throws IOException {
        server.close();
        assertThat(socket).doesNotExist();
        assertThatThrownBy(() -> send("GET", "/healthz")).isInstanceOf(IOException.class);
    }
}
