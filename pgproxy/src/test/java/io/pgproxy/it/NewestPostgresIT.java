package io.pgproxy.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The image has PostgreSQL 15; here the ways of 17 and 18 are tried with their own servers and client libraries: TLS
 * without a request for it, protocol 3.2 with its long keys, encrypted cancels. Two nodes take turns, one of each
 * version, by a proxy that routes cancels and by one that does not. What Patroni says of them is made up.
 */
class NewestPostgresIT {
    private static final String CONFIG =
            """
            nodes:
              - {name: pg17, host: 127.0.0.17, port: $PG17, patroni-port: $PATRONI17}
              - {name: pg18, host: 127.0.0.18, port: $PG18, patroni-port: $PATRONI18}
            listeners:
              - {name: turns, bind: "127.0.0.1:$PORT", route: any, balance: round-robin, slow-start: 0s}
            sessions: {relay-threads: 1, cancel-routing: $ROUTING}
            admin: {bind: "127.0.0.1:$ADMIN", socket: $SOCKET}
            """;

    private static final String BY_KEY = "pgproxy_listener_cancels_total{by=\"key\"";
    private static final String BY_LISTENER = "pgproxy_listener_cancels_total{by=\"listener\"";

    /** Version 3.2 or nothing; there a key has 32 bytes, and not 4. */
    private static final String NEW_PROTOCOL = " min_protocol_version=3.2 max_protocol_version=3.2";

    @TempDir
    static Path folder;

    /** What is to be closed, the last one first. */
    private static final Deque<AutoCloseable> STARTED = new ArrayDeque<>();

    private static LocalPostgres pg17;
    private static LocalPostgres pg18;
    private static LocalProxy routed;
    private static LocalProxy unrouted;

    @BeforeAll
    static void start() throws Exception {
        Assumptions.assumeTrue(System.getProperty("os.arch").equals("amd64"), "the files of PostgreSQL are for amd64");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        pg17 = started(LocalPostgres.start(17, folder("pg17"), "127.0.0.17", LocalProxy.freePort()));
        pg18 = started(LocalPostgres.start(18, folder("pg18"), "127.0.0.18", LocalProxy.freePort()));
        MadeUpPatroni patroni17 = started(MadeUpPatroni.ofPrimary("pg17", pg17.address()));
        MadeUpPatroni patroni18 = started(MadeUpPatroni.ofReplica("pg18", pg18.address()));
        pg17.awaitReady();
        pg18.awaitReady();
        String config = CONFIG.replace("$PG17", Integer.toString(pg17.port()))
                .replace("$PATRONI17", Integer.toString(patroni17.port()))
                .replace("$PG18", Integer.toString(pg18.port()))
                .replace("$PATRONI18", Integer.toString(patroni18.port()));
        routed = started(new LocalProxy("routed", folder("routed"), config.replace("$ROUTING", "true")));
        unrouted = started(new LocalProxy("unrouted", folder("unrouted"), config.replace("$ROUTING", "false")));
        routed.awaitReady();
        unrouted.awaitReady();
    }

    private static Path folder(String name) throws IOException {
        return Files.createDirectory(folder.resolve(name));
    }

    private static <T extends AutoCloseable> T started(T thing) {
        STARTED.push(thing);
        return thing;
    }

    @AfterAll
    static void stop() throws Exception {
        while (!STARTED.isEmpty()) {
            STARTED.pop().close();
        }
    }

    /** A cancel as libpq makes it since 17: encrypted as its session is, and sent to where that has gone. */
    @ParameterizedTest
    @CsvSource({"17, postgres", "17, direct", "18, postgres", "18, direct"})
    void encryptedCancelFollowsItsSession(int version, String negotiation) throws Exception {
        String protocol = version == 17 ? "" : NEW_PROTOCOL;
        assertThat(cancel(version, routed, "sslmode=require sslnegotiation=" + negotiation + protocol))
                .isEqualTo("PostgreSQL " + version + ", protocol " + (version == 17 ? "3.0" : "3.2")
                        + ", TLS for postgresql: cancelled");
    }

    /** The turns lead it to the other node. */
    @ParameterizedTest
    @CsvSource({"17, postgres", "18, direct"})
    void encryptedCancelThatIsNotRoutedIsLost(int version, String negotiation) throws Exception {
        assertThat(cancel(version, unrouted, "sslmode=require sslnegotiation=" + negotiation))
                .isEqualTo("PostgreSQL " + version + ", protocol 3.0, TLS for postgresql: not cancelled");
    }

    @Test
    void cancelWithALongKeyGoesToItsNode() throws Exception {
        assertThat(cancel(18, routed, "sslmode=disable" + NEW_PROTOCOL))
                .isEqualTo("PostgreSQL 18, protocol 3.2, plaintext: cancelled");
        assertThat(routed.metric(BY_KEY)).isEqualTo(1);
        assertThat(routed.metric(BY_LISTENER)).isZero();
    }

    @Test
    void cancelWithALongKeyThatIsNotRoutedGoesToBothNodes() throws Exception {
        assertThat(cancel(18, unrouted, "sslmode=disable" + NEW_PROTOCOL))
                .isEqualTo("PostgreSQL 18, protocol 3.2, plaintext: cancelled");
        assertThat(unrouted.metric(BY_KEY)).isZero();
        assertThat(unrouted.metric(BY_LISTENER)).isEqualTo(1);
    }

    /** With the library of the server's own version, which has a process for itself. */
    private static String cancel(int version, LocalProxy proxy, String parameters) throws Exception {
        Process client = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LibPqClient.class.getName(),
                        (version == 17 ? pg17 : pg18).libpq().toString(),
                        Integer.toString(version),
                        "host=127.0.0.1 port=" + proxy.port() + " user=app dbname=postgres connect_timeout=20 "
                                + parameters)
                .redirectErrorStream(true)
                .start();
        if (!client.waitFor(60, TimeUnit.SECONDS)) {
            client.destroyForcibly();
            throw new AssertionError("the client of libpq " + version + " has not come to an end");
        }
        return new String(client.getInputStream().readAllBytes(), UTF_8).strip();
    }
}
