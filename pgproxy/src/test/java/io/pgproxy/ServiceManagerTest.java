package io.pgproxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the service manager hears of the whole program; in another language, since Java can't hear it. */
@Timeout(60)
class ServiceManagerTest {
    private static final String LISTENER =
            """
            import socket, sys
            line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            line.bind(sys.argv[1])
            print('listening', flush=True)
            while True:
                print(line.recv(1000).decode(), flush=True)
            """;

    @TempDir
    Path folder;

    @Test
    void hearsThatItIsReadyThatItLivesAndThatItStops() throws Exception {
        Path socket = folder.resolve("notify");
        Process listener = new ProcessBuilder("python3", "-c", LISTENER, socket.toString()).start();
        try (FakePatroni patroni = new FakePatroni();
                BufferedReader heard = listener.inputReader()) {
            assertThat(heard.readLine()).isEqualTo("listening");
            Map<String, String> environment = Map.of("NOTIFY_SOCKET", socket.toString(), "WATCHDOG_USEC", "400000");
            try (ChildProgram program = new ChildProgram(environment, "--config", config(patroni))) {
                String first = heard.readLine();
                String second = heard.readLine();
                assertThat(new String[] {first, second}).containsExactlyInAnyOrder("READY=1", "WATCHDOG=1");
                assertThat(heard.readLine()).isEqualTo("WATCHDOG=1");
                program.signal("TERM");
                String last = heard.readLine();
                while (last.equals("WATCHDOG=1")) {
                    last = heard.readLine();
                }
                assertThat(last).isEqualTo("STOPPING=1");
                assertThat(program.exitCode()).isZero();
            }
        } finally {
            listener.destroyForcibly();
        }
    }

    private String config(FakePatroni patroni) throws IOException {
        String config =
                """
                nodes:
                  - {name: pg102, host: 127.0.0.1, port: 1, patroni-port: %d}
                listeners:
                  - {name: primary, bind: "127.0.0.1:%d", route: primary}
                admin: {bind: "127.0.0.1:%d"}
                """
                        .formatted(patroni.port(), freePort(), freePort());
        return Files.writeString(folder.resolve("pgproxy.yml"), config).toString();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void wantsNothingWhereNobodyAsks() {
        assertThat(ServiceManager.watchdogNanos(Map.of(), 42)).isZero();
    }

    @Test
    void namesTheTimeThatItWaits() {
        assertThat(ServiceManager.watchdogNanos(Map.of("WATCHDOG_USEC", "10000000", "WATCHDOG_PID", "42"), 42))
                .isEqualTo(TimeUnit.SECONDS.toNanos(10));
    }

    @Test
    void mayMeanAnotherProcess() {
        assertThat(ServiceManager.watchdogNanos(Map.of("WATCHDOG_USEC", "10000000", "WATCHDOG_PID", "41"), 42))
                .isZero();
    }

    @Test
    void mayBeMisunderstood() {
        assertThat(ServiceManager.watchdogNanos(Map.of("WATCHDOG_USEC", "soon"), 42))
                .isZero();
    }
}
