package io.pgproxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole program as its parent sees it: arguments, signals, output, exit code. */
@Timeout(60)
class ProgramTest {
    @TempDir
    Path folder;

    private FakePatroni patroni;
    private FakePostgres postgres;
    private int listenerPort;
    private int adminPort;

    @BeforeEach
    void start() throws IOException {
        patroni = new FakePatroni();
        postgres = new FakePostgres();
        listenerPort = freePort();
        adminPort = freePort();
    }

    @AfterEach
    void stop() throws IOException {
        patroni.close();
        postgres.close();
    }

    @Test
    void saysHowToUseItAndEnds() throws Exception {
        try (ChildProgram program = new ChildProgram("--help")) {
            assertThat(program.exitCode()).isZero();
            assertThat(program.output()).startsWith("Usage:");
        }
    }

    @Test
    void refusesAWordThatItDoesNotKnow() throws Exception {
        try (ChildProgram program = new ChildProgram("--verbose")) {
            assertThat(program.exitCode()).isEqualTo(2);
            assertThat(program.output()).startsWith("pgproxy: what does '--verbose' mean?\nUsage:");
        }
    }

    @Test
    void tellsEverythingThatIsWrongWithTheFileAndBindsNothing() throws Exception {
        Path file = write(config() + "hold: soon\nholdd: 60s\n");
        try (ServerSocket taken = new ServerSocket(listenerPort, 1, InetAddress.getLoopbackAddress());
                ChildProgram program = new ChildProgram("run", "--config", file.toString())) {
            assertThat(program.exitCode()).isEqualTo(78);
            assertThat(program.output())
                    .contains(file + ":6: hold: ")
                    .contains(file + ":7: holdd: ")
                    .doesNotContain("Address already in use");
            assertThat(taken.isBound()).isTrue();
        }
    }

    @Test
    void checkConfigAgreesWithRun() throws Exception {
        try (ChildProgram broken = new ChildProgram(
                "check-config", "--config", write("nodes: []\n").toString())) {
            assertThat(broken.exitCode()).isEqualTo(78);
        }
        try (ChildProgram right =
                new ChildProgram("check-config", "--config", write(config()).toString())) {
            assertThat(right.exitCode()).isZero();
            assertThat(right.output()).isEqualTo("The configuration is right.");
        }
    }

    @Test
    void checkConfigReadsTheCertificatesToo() throws Exception {
        Path file = write(config() + "patroni: {ca-file: pgproxy.yml}\n");
        try (ChildProgram program = new ChildProgram("check-config", "--config", file.toString())) {
            assertThat(program.exitCode()).isEqualTo(78);
            assertThat(program.output()).contains(file.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "check-config"})
    void refusesASecretThatOthersMayRead(String command) throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "s3cret\n");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));
        Path file =
                write(configWithVip("self: \"192.0.2.1:7001\", peers: [\"192.0.2.2:7001\"], secret-file: secret", ""));
        try (ChildProgram program = new ChildProgram(command, "--config", file.toString())) {
            assertThat(program.exitCode()).isEqualTo(78);
            assertThat(program.output())
                    .contains("the secret file " + secret + " has the mode rw-r--r--")
                    .contains("chmod 640");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "run | ca-file: pgproxy.yml | etcd.ca-file: cannot use",
                "check-config | ca-file: pgproxy.yml | etcd.ca-file: cannot use",
                "check-config | certificate-file: pgproxy.yml, key-file: pgproxy.yml | etcd.certificate-file and",
                "check-config | user: a, password-file: empty | etcd.password-file: cannot use",
            })
    void refusesFilesThatAreNoneOfEtcds(String command, String files, String complaint) throws Exception {
        Files.createFile(folder.resolve("empty"));
        Path file = write(configWithVip("interface: lo", files));
        try (ChildProgram program = new ChildProgram(command, "--config", file.toString())) {
            assertThat(program.exitCode()).isEqualTo(78);
            assertThat(program.output()).contains(complaint).contains(folder.toString());
        }
    }

    @Test
    void printsTheSchemaAndNothingElse() throws Exception {
        try (ChildProgram program = new ChildProgram("print-schema")) {
            assertThat(program.exitCode()).isZero();
            assertThat(new ObjectMapper().readTree(program.output()).get("$schema"))
                    .isNotNull();
        }
    }

    @Test
    void everyLineIsAnObjectWhereTheLogIsToBeJson() throws Exception {
        Path file = write(config() + "log: {format: json, level: debug}\n");
        try (ChildProgram program = new ChildProgram("run", "--config", file.toString())) {
            program.awaitLine("started");
            program.signal("TERM");
            assertThat(program.exitCode()).isZero();
            assertThat(program.output().lines()).hasSizeGreaterThan(5).allSatisfy(line -> assertThat(
                            new ObjectMapper().readTree(line).get("message"))
                    .isNotNull());
        }
    }

    @Test
    void failsClearlyWhenAnAddressIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(listenerPort, 1, InetAddress.getLoopbackAddress());
                ChildProgram program = run()) {
            assertThat(program.exitCode()).isEqualTo(1);
            assertThat(program.output())
                    .contains("listener primary cannot listen on 127.0.0.1:" + taken.getLocalPort() + ": ")
                    .contains("Address already in use")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void servesWhileItRuns() throws Exception {
        try (ChildProgram program = run()) {
            program.awaitLine("started");
            assertThat(get("/readyz").statusCode()).isEqualTo(200);
            assertThat(get("/healthz").statusCode()).isEqualTo(200);
            try (Socket session = connect()) {
                assertThat(get("/api/v1/status").body()).contains("\"primary\" : \"pg102\"");
                assertThat(get("/").body()).contains("pg102").doesNotContain(clientPort(session));
            }
        }
    }

    /** A connection that came before the client's would have been accepted before it, too. */
    @Test
    void checksOpenNoConnectionToPostgres() throws Exception {
        Path file = write(config() + "health: {interval: 100ms}\n");
        try (ChildProgram program = new ChildProgram("run", "--config", file.toString())) {
            program.awaitLine("started");
            patroni.awaitAnswers(10);
            connect().close();
            assertThat(postgres.connections()).isEqualTo(1);
        }
    }

    @Test
    void everyMetricOfOursIsExplained() throws Exception {
        try (ChildProgram program = run()) {
            program.awaitLine("started");
            connect().close();

            List<String> lines = get("/metrics").body().lines().toList();
            assertThat(lines)
                    .anyMatch(line -> line.startsWith("jvm_gc_"))
                    .anyMatch(line -> line.startsWith("process_"));
            assertThat(lines).allMatch(line -> line.matches("# (HELP|TYPE) \\S+ .*|\\S+?(\\{.*\\})? [-+.0-9A-Za-z]+"));
            assertThat(lines.stream()
                            .filter(line -> line.startsWith("pgproxy_"))
                            .map(MetricName::of)
                            .distinct())
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(lines)
                            .anyMatch(line -> line.matches("# HELP " + name + " \\S.*"))
                            .anyMatch(line -> line.matches("# TYPE " + name + " (counter|gauge|histogram|summary)")));
        }
    }

    @Test
    void countsTheLinesThatTheLogHasLost() throws Exception {
        try (ChildProgram program = run()) {
            program.awaitLine("started");

            assertThat(get("/metrics").body()).contains("\npgproxy_log_lost_lines_total 0.0\n");
        }
    }

    @Test
    void letsSessionsFinishWhenItIsAskedToStop() throws Exception {
        try (ChildProgram program = run()) {
            program.awaitLine("started");
            try (Socket session = connect()) {
                program.signal("TERM");
                program.awaitLine("draining");
                assertThat(get("/readyz").statusCode()).isEqualTo(503);
                assertThatThrownBy(() -> connect().close()).isInstanceOf(ConnectException.class);
                assertThat(echo(session, "still here")).isEqualTo("still here");
                assertThat(program.isAlive()).isTrue();
            }
            assertThat(program.exitCode()).isZero();
            assertThat(program.output()).contains("stopped");
        }
    }

    @Test
    void endsTheLastSessionsAtTheDrainTimeout() throws Exception {
        Path file = write(config() + "sessions: {drain-timeout: 100ms}\n");
        try (ChildProgram program = new ChildProgram("run", "--config", file.toString())) {
            program.awaitLine("started");
            try (Socket session = connect()) {
                program.signal("INT");
                assertThat(program.exitCode()).isZero();
                assertThat(session.isConnected()).isTrue();
            }
        }
    }

    @Test
    void aSecondSignalEndsItAtOnce() throws Exception {
        try (ChildProgram program = run()) {
            program.awaitLine("started");
            try (Socket session = connect()) {
                program.signal("TERM");
                program.awaitLine("draining");
                program.signal("TERM");
                assertThat(program.exitCode()).isEqualTo(143);
                assertThat(program.output()).contains("TERM again: ending at once");
                assertThat(session.isConnected()).isTrue();
            }
        }
    }

    @Test
    void stopsWhileItStillStarts() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                ChildProgram program = new ChildProgram(
                        "--config",
                        write(config(silent.getLocalPort()) + "health: {timeout: 30s, stale-after: 60s}\n")
                                .toString())) {
            program.awaitLine("admin listens");
            program.signal("TERM");
            assertThat(program.exitCode()).isZero();
            assertThat(program.output()).doesNotContain("started");
        }
    }

    @Test
    void outlivesHup() throws Exception {
        try (ChildProgram program = run()) {
            program.awaitLine("started");
            program.signal("HUP");
            program.awaitLine("HUP: there is no reload");
            assertThat(get("/healthz").statusCode()).isEqualTo(200);
        }
    }

    private ChildProgram run() throws IOException {
        return new ChildProgram("run", "--config", write(config()).toString());
    }

    private String config() {
        return config(patroni.port());
    }

    private String config(int patroniPort) {
        return """
                nodes:
                  - {name: pg102, host: 127.0.0.1, port: %d, patroni-port: %d}
                listeners:
                  - {name: primary, bind: "127.0.0.1:%d", route: primary}
                admin: {bind: "127.0.0.1:%d"}
                """
                .formatted(postgres.port(), patroniPort, listenerPort, adminPort);
    }

    private String configWithVip(String vip, String etcd) {
        return config().replace("admin: {", "admin: {socket: " + folder.resolve("admin.sock") + ", ")
                + "vip: {name: main, addresses: [192.0.2.10], " + vip + "}\n"
                + "etcd: {endpoints: [\"https://192.0.2.3:2379\"]" + (etcd.isEmpty() ? "" : ", " + etcd) + "}\n";
    }

    private Path write(String config) throws IOException {
        return Files.writeString(folder.resolve("pgproxy.yml"), config);
    }

    /** A session that the backend has let in. */
    private Socket connect() throws IOException {
        Socket session = new Socket(InetAddress.getLoopbackAddress(), listenerPort);
        session.getOutputStream().write(FakePostgres.STARTUP);
        assertThat(session.getInputStream().readNBytes(FakePostgres.READY.length))
                .isEqualTo(FakePostgres.READY);
        return session;
    }

    private static String echo(Socket session, String text) throws IOException {
        session.getOutputStream().write(text.getBytes(UTF_8));
        return new String(session.getInputStream().readNBytes(text.length()), UTF_8);
    }

    private static String clientPort(Socket session) {
        return ":" + session.getLocalPort();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + path))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
