package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.it.Openings.Opening;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

@ResourceLock("the faulted cluster")
class ParkingIT {
    private static final String CONFIG =
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
            """;

    @RegisterExtension
    static final SharedCluster CLUSTER = SharedCluster.faulted();

    private static Cluster cluster;
    private static Host proxy;
    private static Host withoutStopwatch;

    @BeforeAll
    static void start() {
        cluster = CLUSTER.get();
        proxy = cluster.startProxy("ct100", CONFIG);
        withoutStopwatch = cluster.startProxy("ct101", CONFIG + "failovers: 0\n");
    }

    @AfterAll
    static void stop() {
        CLUSTER.get().remove("ct100");
        CLUSTER.get().remove("ct101");
    }

    @Test
    void plannedSwitchoverRefusesNobody() {
        Host old = cluster.primary();
        Host next = cluster.replicas().get(0);
        long endedBefore = Cluster.endedByShutdown(proxy, old);
        Openings openings = Openings.start(cluster.client(), "host=ct100 sslmode=disable", 200, Duration.ofMillis(40));
        openings.awaitOver(10);

        cluster.switchover(old, next);

        List<Opening> all = openings.await();
        assertThat(all).hasSize(200);
        assertThat(all)
                .filteredOn(opening -> !opening.ok())
                .allMatch(Opening::endedAsByPostgres)
                .hasSizeLessThanOrEqualTo((int) (Cluster.endedByShutdown(proxy, old) - endedBefore));
        assertThat(all)
                .filteredOn(Opening::ok)
                .allMatch(Opening::writable)
                .extracting(Opening::server)
                .contains(old.address(), next.address());
        cluster.awaitWhole();
        assertThat(newestFailover("[.from, .to, .over] | @csv"))
                .isEqualTo("\"" + old.name() + "\",\"" + next.name() + "\",true");
        assertThat(newestFailover(".phases[].phase")).contains("lost", "parked", "verified", "first_byte");
        assertThat(proxy.log()).contains("failover 1, " + old.name() + " to " + next.name() + ", began at ");
        assertThat(withoutStopwatch
                        .shell("curl -s localhost:7000/api/v1/failovers | jq -c")
                        .orFail())
                .isEqualTo("{\"kept\":0,\"failovers\":[]}");
        assertThat(withoutStopwatch.shell("curl -s localhost:7000/metrics").orFail())
                .contains("pgproxy_")
                .doesNotContain("pgproxy_failover");
        assertThat(withoutStopwatch.log()).doesNotContain("failover 1, ");
    }

    private static String newestFailover(String jq) {
        return proxy.shell("curl -s localhost:7000/api/v1/failovers | jq -r '.failovers[0] | " + jq + "'")
                .orFail();
    }
}
