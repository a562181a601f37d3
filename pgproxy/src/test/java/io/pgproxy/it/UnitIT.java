package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The unit under systemd itself, on a host that is alone with the virtual address. */
class UnitIT {
    private static final String CONFIG =
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
            listeners:
              - {name: primary, bind: "*:5432", route: primary}
            etcd: {endpoints: ["http://etcd1:2379"]}
            vip: {name: unit, addresses: [%s]}
            """;

    /** A watchdog's time and a start on a busy machine. */
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @RegisterExtension
    static final SharedCluster CLUSTER = SharedCluster.steady();

    private static Host host;
    private static String address;

    @BeforeAll
    static void startSystemd() {
        Cluster cluster = CLUSTER.get();
        address = cluster.address("vip");
        host = cluster.startSystemd(
                "ct103", Path.of("src", "main", "dist", "pgproxy.service"), CONFIG.formatted(address));
    }

    @AfterAll
    static void removeHost() {
        CLUSTER.get().remove("ct103");
    }

    @BeforeEach
    void startUnit() {
        host.run("systemctl", "start", "pgproxy").orFail();
        awaitAddress();
    }

    /** Type=notify: the start is over when pgproxy says so, and not before. */
    @Test
    void aStartIsOverWhenClientsAreLetIn() {
        host.run("systemctl", "restart", "pgproxy").orFail();

        assertThat(host.run("curl", "-sf", "http://localhost:7000/readyz").ok()).isTrue();
    }

    @Test
    void itRunsAsItsOwnUserWithTwoRights() {
        String status =
                host.shell("cat /proc/" + property("MainPID") + "/status").orFail();

        assertThat(status).containsPattern("CapEff:\\s+0000000000003000\\n").containsPattern("NoNewPrivs:\\s+1\\n");
        assertThat(host.shell("stat -c %U /proc/" + property("MainPID")).orFail())
                .isEqualTo("pgproxy");
    }

    @Test
    void aStopIsASuccessAndLeavesNoAddress() {
        host.run("systemctl", "stop", "pgproxy").orFail();

        assertThat(property("ActiveState")).isEqualTo("inactive");
        assertThat(property("Result")).isEqualTo("success");
        assertThat(hasAddress()).isFalse();
    }

    @Test
    void afterAKillTheAddressIsTakenOffAndAnotherRunStarted() {
        String before = property("NRestarts");
        String said = journal();

        host.run("systemctl", "kill", "--signal=KILL", "pgproxy").orFail();

        awaitRestartAfter(before);
        assertThat(journal().substring(said.length())).contains("died; " + address + " is not on this host any more");
        awaitAddress();
    }

    @Test
    void theWatchdogEndsOneThatHangs() {
        String before = property("NRestarts");
        String said = journal();

        host.run("kill", "-STOP", property("MainPID")).orFail();

        awaitRestartAfter(before);
        assertThat(journal().substring(said.length())).contains("pgproxy.service: Watchdog timeout");
        awaitAddress();
    }

    @Test
    void aMistakeInTheConfigurationIsNotTriedAgain() {
        host.run("systemctl", "stop", "pgproxy").orFail();
        host.shell("cp -p /etc/pgproxy/pgproxy.yml /tmp/right && echo 'nonsense: 1' >> /etc/pgproxy/pgproxy.yml")
                .orFail();
        try {
            assertThat(host.run("systemctl", "start", "pgproxy").ok()).isFalse();

            assertThat(property("ActiveState")).isEqualTo("failed");
            assertThat(property("ExecMainStatus")).isEqualTo("78");
            assertThat(journal()).contains("nonsense");
        } finally {
            host.run("cp", "-p", "/tmp/right", "/etc/pgproxy/pgproxy.yml").orFail();
        }
    }

    private static String property(String name) {
        return host.run("systemctl", "show", "--property=" + name, "--value", "pgproxy")
                .orFail();
    }

    private static String journal() {
        return host.run("journalctl", "--unit=pgproxy", "--no-pager", "--output=cat")
                .orFail();
    }

    private static boolean hasAddress() {
        return host.run("ip", "-brief", "address").orFail().contains(" " + address + "/32");
    }

    private static void awaitAddress() {
        Eventually.until("the address is here", DEADLINE, UnitIT::hasAddress, UnitIT::journal);
    }

    /** @param restarts how often systemd had started it again before */
    private static void awaitRestartAfter(String restarts) {
        Eventually.until(
                "another run is up",
                DEADLINE,
                () -> property("ActiveState").equals("active")
                        && !property("NRestarts").equals(restarts),
                UnitIT::journal);
    }
}
