package io.pgproxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.admin.AdminServer;
import io.pgproxy.admin.Contents;
import io.pgproxy.admin.Order;
import io.pgproxy.config.AdminConfig;
import io.pgproxy.config.BindAddress;
import io.pgproxy.status.FailoverReport;
import io.pgproxy.status.Reports;
import io.pgproxy.status.StatusReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command and the real server, which plays a holder. */
@Timeout(60)
class MoveCommandTest {
    @TempDir
    private Path folder;

    private final AtomicInteger looks = new AtomicInteger();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Path config = Path.of("unset");

    @BeforeEach
    void configure() throws IOException {
        config = Files.writeString(
                folder.resolve("pgproxy.yml"),
                "nodes: [{name: pg102, host: pg102}]\nadmin: {socket: " + socket() + "}\n");
    }

    @Test
    void waitsUntilAnotherHasIt() throws Exception {
        try (AdminServer server = server(nothing -> CompletableFuture.completedFuture("handing over"))) {
            server.bind();
            assertThat(execute()).isEqualTo(ExitCode.OK);
        }
        assertThat(out.toString(UTF_8)).matches("handing over\n192\\.168\\.50\\.12:7001 has it, \\d+ ms later\n");
        assertThat(err.toString(UTF_8)).isEmpty();
        assertThat(looks).hasValueGreaterThanOrEqualTo(2);
    }

    @Test
    void tellsWhyItIsRefused() throws Exception {
        try (AdminServer server = server(nothing -> {
            throw new Order.RefusedException("it is not here");
        })) {
            server.bind();
            assertThat(execute()).isEqualTo(ExitCode.FAILURE);
        }
        assertThat(err.toString(UTF_8)).isEqualTo("pgproxy: it is not here\n");
        assertThat(out.toString(UTF_8)).isEmpty();
        assertThat(looks).hasValue(0);
    }

    @Test
    void tellsThatNobodyAnswers() throws Exception {
        assertThat(execute()).isEqualTo(ExitCode.FAILURE);
        assertThat(err.toString(UTF_8)).startsWith("pgproxy: no answer from " + socket() + ": ");
    }

    private ExitCode execute() throws Exception {
        CommandLine line = CommandLine.parse("vip", "move", "--config", config.toString());
        return new MoveCommand(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8)).execute(line);
    }

    private AdminServer server(Order order) {
        return new AdminServer(
                new AdminConfig(new BindAddress("127.0.0.1", 0), socket()),
                new Contents(this::report, () -> new FailoverReport(100, List.of()), () -> ""),
                Map.of(),
                Map.of(MoveCommand.PATH, order),
                new SimpleMeterRegistry());
    }

    /** Whoever looks at once still finds it here. */
    private StatusReport report() {
        return looks.incrementAndGet() == 1 ? Reports.holding() : Reports.handedOver();
    }

    private Path socket() {
        return folder.resolve("admin.sock");
    }
}
