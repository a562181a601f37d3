package io.pgproxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.admin.AdminServer;
import io.pgproxy.admin.Contents;
import io.pgproxy.config.AdminConfig;
import io.pgproxy.config.BindAddress;
import io.pgproxy.status.FailoverReport;
import io.pgproxy.status.Reports;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command, the real server and the real proxy, over a real socket. */
@Timeout(60)
class SessionsCommandTest {
    @TempDir
    private Path folder;

    private final FakePostgres postgres = new FakePostgres();
    private final Loopback loopback = new Loopback(new Loopback.NoEvents()).routeTo(postgres.port());
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Path config = Path.of("unset");
    private InetSocketAddress port = InetSocketAddress.createUnresolved("unbound", 0);
    private AdminServer server = server(Path.of("unset"));

    SessionsCommandTest() throws IOException {}

    @BeforeEach
    void bind() throws IOException {
        Path socket = folder.resolve("admin.sock");
        config = Files.writeString(
                folder.resolve("pgproxy.yml"),
                "nodes: [{name: pg102, host: pg102}]\nadmin: {socket: " + socket + "}\n");
        server.close();
        server = server(socket);
        port = server.bind();
        loopback.proxy.bind();
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        loopback.close();
        postgres.close();
    }

    private AdminServer server(Path socket) {
        SessionParameters parameters = new SessionParameters(() -> List.of("pg102", "pg103"));
        return new AdminServer(
                new AdminConfig(new BindAddress("127.0.0.1", 0), socket),
                new Contents(Reports::healthy, () -> new FailoverReport(100, List.of()), () -> ""),
                Map.of(),
                Map.of(
                        SessionsCommand.PATH,
                        new SessionsOrder(loopback.proxy.sessions(), parameters),
                        SessionsCommand.END_PATH,
                        new EndOrder(loopback.proxy.sessions(), parameters)),
                new SimpleMeterRegistry());
    }

    /** Served to its first answer. */
    private Socket session() throws IOException {
        Socket client = loopback.client(InetAddress.getLoopbackAddress());
        assertThat(client.getInputStream().readNBytes(FakePostgres.READY.length))
                .isEqualTo(FakePostgres.READY);
        return client;
    }

    /** All that a client hears before its connection is closed. */
    private static String lastWords(Socket client) throws IOException {
        return new String(client.getInputStream().readAllBytes(), UTF_8);
    }

    private ExitCode execute(String... words) {
        String[] all = new String[words.length + 3];
        all[0] = "sessions";
        System.arraycopy(words, 0, all, 1, words.length);
        all[all.length - 2] = "--config";
        all[all.length - 1] = config.toString();
        return new Commands(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8)).execute(all);
    }

    private JsonNode json(String... words) throws IOException {
        out.reset();
        assertThat(execute(words)).isEqualTo(ExitCode.OK);
        return new ObjectMapper().readTree(out.toString(UTF_8));
    }

    @Test
    void namesTheClientOfABackendPort() throws Exception {
        try (Socket one = session();
                Socket other = session()) {
            JsonNode all = json("--json");
            assertThat(all.get("count").asInt()).isEqualTo(2);
            int backendPort = all.get("sessions").get(0).get("backend_port").asInt();

            JsonNode found = json("--json", "--backend-port", Integer.toString(backendPort));

            assertThat(found.get("count").asInt()).isEqualTo(1);
            JsonNode session = found.get("sessions").get(0);
            assertThat(session.get("client").asText())
                    .isIn("127.0.0.1:" + one.getLocalPort(), "127.0.0.1:" + other.getLocalPort());
            assertThat(session.get("via").isNull()).isTrue();
            assertThat(session.get("listener").asText()).isEqualTo("primary");
            assertThat(session.get("node").asText()).isEqualTo("pg102");
            assertThat(session.get("bytes_out").asInt()).isEqualTo(FakePostgres.READY.length);
        }
    }

    @Test
    void showsATable() throws Exception {
        try (Socket client = session()) {
            assertThat(execute()).isEqualTo(ExitCode.OK);
            assertThat(out.toString(UTF_8))
                    .startsWith("CLIENT ")
                    .containsPattern("127\\.0\\.0\\.1:" + client.getLocalPort() + " +primary +pg102 +[0-9]+ +0s +0 B +"
                            + FakePostgres.READY.length + " B\n");
        }
    }

    @Test
    void endsTheSessionOfABackendPort() throws Exception {
        try (Socket client = session()) {
            String backendPort =
                    json("--json").get("sessions").get(0).get("backend_port").asText();
            out.reset();
            assertThat(execute("end", "--backend-port", backendPort)).isEqualTo(ExitCode.OK);
            assertThat(out.toString(UTF_8))
                    .isEqualTo("ended 1 session with backend port " + backendPort + " on pg102\n");
            assertThat(lastWords(client))
                    .contains("57P01", "the session on pg102 ends, ended by operator: ordered over the admin socket");
        }
    }

    @Test
    void endsAllSessionsOfANode() throws Exception {
        try (Socket one = session();
                Socket other = session()) {
            assertThat(execute("end", "--node", "pg103")).isEqualTo(ExitCode.OK);
            assertThat(execute("end", "--node", "pg102")).isEqualTo(ExitCode.OK);
            assertThat(out.toString(UTF_8)).isEqualTo("ended 0 sessions on pg103\nended 2 sessions on pg102\n");
            assertThat(lastWords(one)).contains("57P01");
            assertThat(lastWords(other)).contains("57P01");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--node pg109 | there is no node of that name; there are pg102, pg103",
                "end --node pg109 | there is no node of that name; there are pg102, pg103",
                "--backend-port 0 | backend-port is a whole number from 1 to 65535, not '0'",
                "--backend-port ssh | backend-port is a whole number from 1 to 65535, not 'ssh'",
                "--limit 10001 | limit is a whole number from 1 to 10000, not '10001'",
                "end --backend-port 1 | there is no session with backend port 1",
                "end --backend-port 1 --node pg102 | there is no session with backend port 1 on pg102"
            })
    void tellsWhatIsWrong(String words, String message) {
        assertThat(execute(words.split(" ", -1))).isEqualTo(ExitCode.FAILURE);
        assertThat(err.toString(UTF_8)).isEqualTo("pgproxy: " + message + "\n");
        assertThat(out.toString(UTF_8)).isEmpty();
    }

    @Test
    void nobodyIsNamedOverTheNetwork() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port.getPort() + SessionsCommand.PATH))
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.body()).startsWith("Only over the socket ");
    }

    @Test
    void wrongWordsAreWrongForeverAndNotJustNow() throws Exception {
        OrderClient client = new OrderClient(folder.resolve("admin.sock"));

        assertThat(client.send("POST", SessionsCommand.END_PATH).status()).isEqualTo(400);
        assertThat(client.send("GET", SessionsCommand.PATH + "?port=1"))
                .isEqualTo(new OrderClient.Reply(400, "what does 'port' mean?\n"));
        assertThat(client.send("POST", SessionsCommand.END_PATH + "?backend-port=1")
                        .status())
                .isEqualTo(409);
        assertThat(client.send("GET", SessionsCommand.END_PATH).status()).isEqualTo(405);
        assertThat(client.send("POST", SessionsCommand.PATH).status()).isEqualTo(405);
    }

    @Test
    void tellsThatNobodyAnswers() throws Exception {
        server.close();

        assertThat(execute()).isEqualTo(ExitCode.FAILURE);
        assertThat(err.toString(UTF_8)).startsWith("pgproxy: no answer from " + folder.resolve("admin.sock") + ": ");
    }
}
