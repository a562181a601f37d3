package io.pgproxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.config.AdminConfig;
import io.pgproxy.config.BindAddress;
import io.pgproxy.status.FailoverReport;
import io.pgproxy.status.Reports;
import io.pgproxy.status.StatusReport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The real server, spoken to over real sockets in plain bytes. */
@Timeout(30)
class AdminServerTest {
    private static final int MORE_THAN_ITS_CONNECTIONS = 80;

    private volatile StatusReport report = Reports.healthy();
    private volatile Supplier<String> metrics = () -> "pgproxy_up 1\n";
    private InetSocketAddress address = InetSocketAddress.createUnresolved("unbound", 0);
    private final AdminServer server = new AdminServer(
            new AdminConfig(new BindAddress("127.0.0.1", 0), AdminConfig.DEFAULTS.socket()),
            new Contents(() -> report, () -> new FailoverReport(100, List.of()), () -> metrics.get()),
            Map.of("relay loops", () -> CompletableFuture.completedFuture(null)),
            Map.of(),
            new SimpleMeterRegistry());

    @BeforeEach
    void bind() throws IOException {
        address = server.bind();
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/, text/html; charset=utf-8, <h1>pgproxy on ct100",
        "/metrics, text/plain; version=0.0.4; charset=utf-8, pgproxy_up 1",
        "/healthz, text/plain; charset=utf-8, ok",
        "/readyz, text/plain; charset=utf-8, ready",
        "/api/v1/status, application/json; charset=utf-8, \"system_identifier\"",
        "/api/v1/failovers, application/json; charset=utf-8, \"failovers\"",
        "/healthz?verbose=1, text/plain; charset=utf-8, ok"
    })
    void answersItsPaths(String path, String type, String body) throws IOException {
        assertThat(request("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\ncontent-type: " + type + "\r\n")
                .contains("\r\nconnection: close\r\n")
                .contains(body);
    }

    @Test
    void knowsNoOtherPath() throws IOException {
        assertThat(request("GET /metrics/../../etc/passwd HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 404 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/READYZ", "/readyz/", "//readyz", "readyz", "*"})
    void pathsAreExact(String path) throws IOException {
        assertThat(request("GET " + path + " HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 404 ");
    }

    @ParameterizedTest
    @CsvSource({
        "http://any.host:7000/readyz, ready",
        "HTTP://[::1]/readyz?verbose=1, ready",
        "http://any.host/healthz, ok",
        "http://any.host, <h1>pgproxy on ct100",
        "http://any.host?/readyz, <h1>pgproxy on ct100"
    })
    void absoluteTargetsAreUnderstood(String target, String body) throws IOException {
        assertThat(request("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\n\r\n")
                .contains(body);
    }

    @Test
    void saysWhyItIsNotReady() throws IOException {
        report = Reports.withoutPrimary();

        assertThat(request("GET /readyz HTTP/1.1\r\n\r\n"))
                .startsWith("HTTP/1.1 503 ")
                .endsWith("\r\n\r\nlistener primary has nobody to go to: no primary\n");
    }

    @Test
    void isHealthyEvenIfItIsNotReady() throws IOException {
        report = Reports.withoutPrimary();

        assertThat(request("GET /healthz HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 200 OK\r\n");
    }

    @Test
    void answersHeadWithoutABody() throws IOException {
        assertThat(request("HEAD /healthz HTTP/1.1\r\n\r\n"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\ncontent-length: 3\r\n")
                .endsWith("\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "NONSENSE"})
    void changesNothing(String method) throws IOException {
        assertThat(request(method + " / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"))
                .startsWith("HTTP/1.1 405 ")
                .contains("\r\nallow: GET, HEAD\r\n");
    }

    @Test
    void refusesALongRequestLine() throws IOException {
        assertThat(request("GET /" + "a".repeat(5_000) + " HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 414 ");
    }

    @Test
    void refusesLargeHeaders() throws IOException {
        assertThat(request("GET / HTTP/1.1\r\nCookie: " + "a".repeat(20_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ");
    }

    @Test
    void refusesManyHeaders() throws IOException {
        assertThat(request("GET / HTTP/1.1\r\n" + "a: b\r\n".repeat(5_000) + "\r\n"))
                .startsWith("HTTP/1.1 431 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0016\u0003\u0001\u0000\r\n\r\n", "hello\r\n\r\n", "GET / HTTP/9.9.9\r\n\r\n"})
    void refusesWhatIsNotHttp(String bytes) throws IOException {
        assertThat(request(bytes)).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void answersOneRequestAConnection() throws IOException {
        String answers = request("GET /healthz HTTP/1.1\r\n\r\n".repeat(1_000));

        assertThat(answers.split("HTTP/1.1 200", -1)).hasSize(2);
    }

    @Test
    void hidesWhatFailedInside() throws IOException {
        metrics = () -> {
            throw new IllegalStateException("a secret");
        };

        assertThat(request("GET /metrics HTTP/1.1\r\n\r\n"))
                .startsWith("HTTP/1.1 500 ")
                .doesNotContain("secret");
    }

    @Test
    void answersManyAtOnce() {
        ExecutorService clients = Executors.newFixedThreadPool(16);
        try {
            List<CompletableFuture<String>> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                answers.add(CompletableFuture.supplyAsync(this::healthz, clients));
            }
            assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).startsWith("HTTP/1.1 200 "));
        } finally {
            clients.shutdownNow();
        }
    }

    @Test
    void cannotBeLockedUpByIdleConnections() throws IOException {
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < MORE_THAN_ITS_CONNECTIONS; i++) {
                idle.add(new Socket(address.getAddress(), address.getPort()));
                idle.get(i).getOutputStream().write("GET / HTTP/1.1\r\nX-Slow: ".getBytes(StandardCharsets.US_ASCII));
            }

            assertThat(healthz()).startsWith("HTTP/1.1 200 ");
            assertThat(hasEnded(idle.get(0))).isTrue();
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }

    @Test
    void saysWhichAddressItCannotHave() throws IOException {
        BindAddress taken = new BindAddress("127.0.0.1", address.getPort());
        try (AdminServer second = new AdminServer(
                new AdminConfig(taken, AdminConfig.DEFAULTS.socket()),
                new Contents(Reports::healthy, () -> new FailoverReport(100, List.of()), () -> ""),
                Map.of(),
                Map.of(),
                new SimpleMeterRegistry())) {
            assertThatThrownBy(second::bind)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("admin cannot listen on " + taken + ": ")
                    .hasMessageContaining("Address already in use");
        }
    }

    private String healthz() {
        try {
            return request("GET /healthz HTTP/1.1\r\n\r\n");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private String request(String bytes) throws IOException {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Whether the end came as a close or, with bytes of ours unread, as a reset. */
    private static boolean hasEnded(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return true;
        }
    }
}
