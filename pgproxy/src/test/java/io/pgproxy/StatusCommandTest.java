package io.pgproxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.pgproxy.config.BindAddress;
import io.pgproxy.status.Reports;
import io.pgproxy.status.StatusJson;
import io.pgproxy.status.StatusReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void showsAReadyProxyAndIsContent() {
        answer(200, Reports.healthy());

        assertThat(status()).isEqualTo(ExitCode.OK);
        assertThat(out.toString(UTF_8)).startsWith("pgproxy 1.2.3 on ct100: ready\n");
    }

    @Test
    void showsAProxyThatIsNotReadyAndFails() {
        answer(200, Reports.withoutPrimary());

        assertThat(status()).isEqualTo(ExitCode.FAILURE);
        assertThat(out.toString(UTF_8)).startsWith("pgproxy 1.2.3 on ct100: NOT READY\n");
    }

    @Test
    void failsWhereNobodyListens() {
        server.stop(0);

        assertThat(status()).isEqualTo(ExitCode.FAILURE);
        assertThat(err.toString(UTF_8))
                .isEqualTo("pgproxy: no answer from " + url() + ": cannot connect; does pgproxy run there?\n");
    }

    @Test
    void failsWhereSomebodyElseAnswers() {
        answer(200, "<html>");

        assertThat(status()).isEqualTo(ExitCode.FAILURE);
        assertThat(err.toString(UTF_8)).isEqualTo("pgproxy: what answers at " + url() + " is no pgproxy\n");
    }

    @Test
    void failsOnAnError() {
        answer(404, Reports.healthy());

        assertThat(status()).isEqualTo(ExitCode.FAILURE);
        assertThat(err.toString(UTF_8)).isEqualTo("pgproxy: no answer from " + url() + ": HTTP status 404\n");
    }

    @ParameterizedTest
    @CsvSource({
        "*, 127.0.0.1:7000",
        "0.0.0.0, 127.0.0.1:7000",
        "::, [::1]:7000",
        "10.0.0.1, 10.0.0.1:7000",
        "fd00::1, [fd00::1]:7000"
    })
    void asksAtAnAddressThatCanBeReached(String host, String address) {
        assertThat(StatusCommand.reachable(new BindAddress(host, 7000))).hasToString(address);
    }

    private ExitCode status() {
        return new Commands(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8))
                .execute("status", "--url", url());
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(int status, StatusReport report) {
        answer(status, new StatusJson().write(report));
    }

    private void answer(int status, String body) {
        server.createContext("/api/v1/status", exchange -> {
            exchange.sendResponseHeaders(status, 0);
            exchange.getResponseBody().write(body.getBytes(UTF_8));
            exchange.close();
        });
    }
}
