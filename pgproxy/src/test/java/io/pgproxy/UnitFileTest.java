package io.pgproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.SessionsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the systemd unit says about the program, against what the program does. */
class UnitFileTest {
    private static final Path UNIT = Path.of("src/main/dist/pgproxy.service");
    /** For closing after the drain: sessions, health, admin, the log; see {@link PgProxy}. */
    private static final Duration CLOSING = Duration.ofSeconds(15);

    @Test
    void waitsForTheDrainToEnd() throws IOException {
        Duration stop = Duration.ofSeconds(Long.parseLong(value("TimeoutStopSec")));

        assertThat(stop)
                .isGreaterThanOrEqualTo(SessionsConfig.DEFAULTS.drainTimeout().plus(CLOSING));
    }

    @Test
    void doesNotRestartWhatOnlyAnEditCanMend() throws IOException {
        assertThat(value("RestartPreventExitStatus").split(" "))
                .containsExactly(
                        Integer.toString(ExitCode.CONFIGURATION.number()), Integer.toString(ExitCode.USAGE.number()));
    }

    /** The program itself ends with 1, the JVM with 3 where it is the first to see it; both are failures. */
    @Test
    void comesBackAfterItRanOutOfMemory() throws IOException {
        assertThat(value("Restart")).isEqualTo("on-failure");
        assertThat(value("RestartPreventExitStatus").split(" ")).doesNotContain("1", "3");
        assertThat(Files.readString(UNIT))
                .contains(" -XX:+ExitOnOutOfMemoryError ")
                .contains("\nStartLimitIntervalSec=0\n");
    }

    private static String value(String key) throws IOException {
        List<String> lines = Files.readAllLines(UNIT);
        return lines.stream()
                .filter(line -> line.startsWith(key + "="))
                .map(line -> line.substring(key.length() + 1))
                .findFirst()
                .orElseThrow();
    }
}
