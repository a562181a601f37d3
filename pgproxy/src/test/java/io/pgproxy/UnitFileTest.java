package io.pgproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.AdminConfig;
import io.pgproxy.config.DiscoveryConfig;
import io.pgproxy.config.HandoverConfig;
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
    /** The program says that it lives when a quarter of the watchdog's time has passed; see {@link ServiceManager}. */
    private static final int SIGNS_EACH_INTERVAL = 4;
    /**
     * The vip thread turns ten times a second, and a call that the kernel does not answer is given up after this; the
     * control loop waits for nothing.
     */
    private static final Duration LONGEST_TURN = Duration.ofSeconds(1);

    /** For the lease to be given back after the sessions by the address have ended; see {@link VirtualAddresses}. */
    private static final Duration HANDING_OVER = Duration.ofSeconds(5);
    /** For closing after the drain: sessions, health, admin, the log; see {@link PgProxy}. */
    private static final Duration CLOSING = Duration.ofSeconds(15);

    @Test
    void waitsForTheHandOverAndTheDrainToEnd() throws IOException {
        assertThat(seconds("TimeoutStopSec"))
                .isGreaterThan(HandoverConfig.DEFAULTS
                        .handoverDrain()
                        .plus(HANDING_OVER)
                        .plus(SessionsConfig.DEFAULTS.drainTimeout())
                        .plus(CLOSING));
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

    /** The step after the program's end is a command of the program, with the configuration of its start. */
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

    @Test
    void makesTheFolderOfTheStateFileForItsUserAlone() throws IOException {
        assertThat(Path.of("/var/lib", value("StateDirectory")))
                .isEqualTo(DiscoveryConfig.DEFAULTS.stateFile().getParent());
        assertThat(value("StateDirectoryMode")).isEqualTo("0700");
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
    }

    /** Whoever had the last word just before a pause has half of the time for that. */
    @Test
    void theWatchdogForgivesAPauseOfHalfItsTime() throws IOException {
        Duration interval = seconds("WatchdogSec");
        Duration untilTheNextSign = interval.dividedBy(SIGNS_EACH_INTERVAL).plus(LONGEST_TURN);

        assertThat(interval.minus(untilTheNextSign)).isGreaterThanOrEqualTo(interval.dividedBy(2));
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

    private static Duration seconds(String key) throws IOException {
        return Duration.ofSeconds(Long.parseLong(value(key)));
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
