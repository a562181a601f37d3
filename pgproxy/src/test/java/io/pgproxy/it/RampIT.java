package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.it.Openings.Opening;
import java.time.Duration;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Clients that wait for a node and get it in a ramp; beside it a proxy without one, whose clients wait for the same. */
@ResourceLock("the faulted cluster")
class RampIT {
    private static final String CONFIG =
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
            listeners:
              - {name: primary, bind: "*:5432", route: primary}
              - {name: reads, bind: "*:6001", route: replica, fallback: none, required-tags: {crowd: now}}
            """;
    private static final int CROWD = 20;
    private static final Duration EVERY = Duration.ofMillis(10);
    /** Five a second, then ten, then fifteen: the twentieth goes after 1.7 s. */
    private static final double RAMP_SECONDS = 1.2;

    @RegisterExtension
    static final SharedCluster CLUSTER = SharedCluster.faulted();

    private static Cluster cluster;

    @BeforeAll
    static void start() {
        cluster = CLUSTER.get();
        cluster.startProxy("ct100", CONFIG + "sessions: {relay-threads: 1, release-rate: 5/s}\n");
        cluster.startProxy("ct101", CONFIG + "sessions: {relay-threads: 1, release-rate: none}\n");
    }

    @AfterAll
    static void stop() {
        CLUSTER.get().remove("ct100");
        CLUSTER.get().remove("ct101");
    }

    @Test
    void crowdReachesAFreshNodeInARamp() {
        Host node = cluster.replicas().get(0);
        Openings inARamp = come("ct100");
        Openings atOnce = come("ct101");
        awaitParked("ct100");
        awaitParked("ct101");

        tag(node, "crowd: now");
        try {
            List<Opening> ramped = inARamp.await();
            List<Opening> unramped = atOnce.await();
            assertThat(ramped).hasSize(CROWD).allMatch(Opening::ok);
            assertThat(unramped).hasSize(CROWD).allMatch(Opening::ok);
            assertThat(spreadSeconds(ramped)).isGreaterThan(RAMP_SECONDS);
            assertThat(spreadSeconds(unramped)).isLessThan(RAMP_SECONDS);
        } finally {
            tag(node, "");
        }
    }

    private static Openings come(String proxy) {
        return Openings.start(cluster.client(), "host=" + proxy + " sslmode=disable port=6001", CROWD, EVERY);
    }

    private static void awaitParked(String proxy) {
        String sample = "curl -s localhost:7000/metrics | grep -F 'pgproxy_listener_parked{listener=\"reads\"'";
        Eventually.until("all wait on " + proxy, Duration.ofSeconds(30), () -> {
            String line = cluster.host(proxy).shell(sample).orFail();
            return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)) == CROWD;
        });
    }

    /** From the first one that was served to the last. */
    private static double spreadSeconds(List<Opening> openings) {
        DoubleSummaryStatistics served = openings.stream()
                .mapToDouble(opening -> opening.number() * EVERY.toMillis() / 1000.0 + opening.seconds())
                .summaryStatistics();
        return served.getMax() - served.getMin();
    }

    /** Patroni reads its tags again when it is asked to. */
    private static void tag(Host node, String tags) {
        node.shell("sed -i 's/^tags:.*/tags: {" + tags + "}/' /etc/patroni/patroni.yml"
                        + " && curl -sf -X POST localhost:8008/reload")
                .orFail();
    }
}
