package io.pgproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.AdminConfig;
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
    private static final Path DROP_IN = Path.of("src/main/dist/unprivileged-container.conf");
    /** The longest that a JVM on a busy machine was seen to stand still, and some. */
    private static final long PAUSE_SECONDS = 10;

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

    /** The step after the program's end is a command of the program, with the configuration that it was started with. */
    @Test
    void tidiesUpAfterEveryEndWithTheSameConfiguration() throws Exception {
        List<String> step = programArguments("ExecStopPost");
        List<String> start = programArguments("ExecStart");

        CommandLine stopPost = CommandLine.parse(step.toArray(String[]::new));
        CommandLine run = CommandLine.parse(start.toArray(String[]::new));

        assertThat(stopPost.verb()).isEqualTo(CommandLine.Verb.VIP_STOP_POST);
        assertThat(run.verb()).isEqualTo(CommandLine.Verb.RUN);
        assertThat(stopPost.config()).isEqualTo(run.config());
    }

    /** A prefix such as "+" would run it as root; "-" only keeps its failure from being the service's. */
    @Test
    void tidiesUpWithTheRightsOfTheProgram() throws IOException {
        assertThat(value("ExecStopPost")).startsWith("-/usr/bin/java ");
        assertThat(value("AmbientCapabilities")).isEqualTo("CAP_NET_ADMIN CAP_NET_RAW");
        assertThat(value("CapabilityBoundingSet")).isEqualTo(value("AmbientCapabilities"));
    }

    @Test
    void unpacksNativeCodeWhereItMayBeExecuted() throws IOException {
        String folder = " -Djava.io.tmpdir=/var/cache/" + value("CacheDirectory") + " ";

        assertThat(value("ExecStart")).contains(folder);
        assertThat(value("ExecStopPost")).contains(folder);
    }

    /** Taken away, the folder would take the lock of a process along that cannot be killed. */
    @Test
    void keepsTheFolderWithTheLockUntilTheNextBoot() throws IOException {
        assertThat(Path.of("/run", value("RuntimeDirectory"))).isEqualTo(StopPostCommand.folder(AdminConfig.DEFAULTS));
        assertThat(value("RuntimeDirectoryPreserve")).isEqualTo("yes");
    }

    @Test
    void waitsForTheProgramsWord() throws IOException {
        assertThat(value("Type")).isEqualTo("notify");
        assertThat(value("NotifyAccess")).isEqualTo("main");
        assertThat(value("WatchdogSignal")).isEqualTo("SIGKILL");
        assertThat(Long.parseLong(value("WatchdogSec"))).isGreaterThanOrEqualTo(PAUSE_SECONDS);
    }

    @Test
    void letsItUseEverySocketThatItOpens() throws IOException {
        assertThat(value("RestrictAddressFamilies").split(" "))
                .containsExactlyInAnyOrder("AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET");
    }

    /** The drop-in may only take back what needs mounts. */
    @Test
    void theDropInForContainersLeavesUserAndRightsAlone() throws IOException {
        List<String> keys = Files.readAllLines(DROP_IN).stream()
                .filter(line -> !line.startsWith("#") && line.contains("="))
                .map(line -> line.substring(0, line.indexOf('=')))
                .toList();

        assertThat(keys).isNotEmpty().allMatch(key -> key.startsWith("Protect") || key.startsWith("Private"));
        assertThat(keys).allSatisfy(key -> assertThat(value(key)).isNotEmpty());
    }

    /** What stands behind the jar. */
    private static List<String> programArguments(String key) throws IOException {
        List<String> words = List.of(value(key).split(" +", -1));
        return words.subList(words.indexOf("/opt/pgproxy/pgproxy.jar") + 1, words.size());
    }

    private static String value(String key) throws IOException {
        List<String> lines = List.of(Files.readString(UNIT).replace("\\\n", " ").split("\n", -1));
        return lines.stream()
                .filter(line -> line.startsWith(key + "="))
                .map(line -> line.substring(key.length() + 1).replaceAll(" +", " "))
                .findFirst()
                .orElseThrow();
    }
}
