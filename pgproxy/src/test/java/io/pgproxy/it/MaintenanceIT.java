package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.it.Openings.Opening;
import io.pgproxy.it.Sessions.Session;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What an operator does on a good day: nobody's session is ended by the proxy, and new ones go on or wait. */
@ResourceLock("the faulted cluster")
class MaintenanceIT {
    private static final String CONFIG =
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
            listeners:
              - {name: primary, bind: "*:5432", route: primary}
              - {name: replicas, bind: "*:5433", route: replica}
            """;

    @RegisterExtension
    static final SharedCluster CLUSTER = SharedCluster.faulted();

    private static Cluster cluster;
    private static Host proxy;

    @BeforeAll
    static void start() {
        cluster = CLUSTER.get();
        proxy = cluster.startProxy("ct100", CONFIG);
    }

    @AfterAll
    static void stop() {
        CLUSTER.get().remove("ct100");
    }

    @Test
    void restartOfThePrimaryEndsSessionsInPostgresOwnWordsOnly() {
        Host primary = cluster.primary();
        long endedBefore = Cluster.endedByShutdown(proxy, primary);
        Sessions writing = Sessions.open(cluster.client(), "host=ct100", 5);
        Sessions reading = Sessions.open(cluster.client(), "host=ct100 port=5433", 4);
        Openings openings = Openings.start(cluster.client(), "host=ct100 sslmode=disable", 100, Duration.ofMillis(50));
        openings.awaitOver(10);

        cluster.patronictl("restart", "main", primary.name(), "--force").orFail();

        writing.awaitAllEnded();
        assertThat(writing.ended())
                .extracting(Session::error)
                .allMatch(text -> text.contains("terminating connection due to administrator command"));
        assertThat(openings.await())
                .filteredOn(opening -> !opening.ok())
                .allMatch(Opening::endedAsByPostgres)
                .hasSizeLessThanOrEqualTo((int) (Cluster.endedByShutdown(proxy, primary) - endedBefore - 5));
        assertThat(reading.stop()).containsExactlyInAnyOrderElementsOf(reading.opened());
        cluster.awaitWhole();
    }

    @Test
    void restartOfPatroniInAPauseEndsNobody() {
        Host primary = cluster.primary();
        cluster.patronictl("pause", "main", "--wait").orFail();
        try {
            Sessions staying = Sessions.open(cluster.client(), "host=ct100", 5);
            Openings openings = Openings.start(cluster.client(), "host=ct100", 100, Duration.ofMillis(50));
            openings.awaitOver(10);

            primary.run("lab-service", "restart").orFail();

            assertThat(openings.await())
                    .allMatch(Opening::ok)
                    .extracting(Opening::server)
                    .containsOnly(primary.address());
            assertThat(staying.stop()).containsExactlyInAnyOrderElementsOf(staying.opened());
        } finally {
            cluster.patronictl("resume", "main", "--wait").orFail();
        }
        cluster.awaitWhole();
    }

    @Test
    void lossOfEtcdInAPauseEndsNobody() {
        Host primary = cluster.primary();
        cluster.patronictl("pause", "main", "--wait").orFail();
        Sessions staying = Sessions.open(cluster.client(), "host=ct100", 5);
        cluster.host("etcd1").kill();
        try {
            Eventually.until("Patroni knows that etcd is lost", Duration.ofSeconds(60), () -> primary.log()
                    .contains("DCS is not accessible"));
            Openings openings = Openings.start(cluster.client(), "host=ct100", 20, Duration.ofMillis(50));

            List<Opening> over = openings.over();
            assertThat(over).allMatch(Opening::ok);
            assertThat(staying.ended()).isEmpty();
            cluster.host("etcd1").boot();
            assertThat(openings.await())
                    .allMatch(Opening::ok)
                    .extracting(Opening::server)
                    .containsOnly(primary.address());
            assertThat(staying.stop()).containsExactlyInAnyOrderElementsOf(staying.opened());
        } finally {
            cluster.host("etcd1").boot();
            Eventually.until(
                    "the pause is over", Cluster.WHOLE_DEADLINE, () -> cluster.patronictl("resume", "main", "--wait")
                            .ok());
        }
        cluster.awaitWhole();
    }

    @Test
    void lossOfEtcdWithFailsafeModeEndsNobodyAndNewSessionsGoOn() {
        Host primary = cluster.primary();
        cluster.configure("{\"failsafe_mode\": true}");
        for (Host node : cluster.postgresHosts()) {
            // A primary gives up if one of the others has not read the new setting before etcd goes.
            Eventually.until(
                    node.name() + " knows the failsafe topology",
                    Cluster.WHOLE_DEADLINE,
                    () -> node.shell("curl -sf localhost:8008/failsafe").out().contains("pg104"));
        }
        Sessions staying = Sessions.open(cluster.client(), "host=ct100", 5);
        cluster.host("etcd1").kill();
        try {
            Eventually.until("Patroni's failsafe mode is active", Duration.ofSeconds(60), () -> cluster.patroni(
                            primary, ".failsafe_mode_is_active")
                    .equals("true"));
            List<Opening> all = Openings.start(cluster.client(), "host=ct100", 20, Duration.ofMillis(50))
                    .await();

            assertThat(all).allMatch(Opening::ok).extracting(Opening::server).containsOnly(primary.address());
            assertThat(staying.stop()).containsExactlyInAnyOrderElementsOf(staying.opened());
        } finally {
            cluster.host("etcd1").boot();
            cluster.awaitWhole();
            cluster.configure("{\"failsafe_mode\": null}");
        }
    }
}
