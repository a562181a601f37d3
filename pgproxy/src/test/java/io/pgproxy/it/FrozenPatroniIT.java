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

/** SIGSTOP of Patroni alone: its API is silent, its PostgreSQL is well and accepts everybody. */
@ResourceLock("the faulted cluster")
class FrozenPatroniIT {
    private static final String CONFIG =
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
            listeners:
              - {name: primary, bind: "*:5432", route: primary}
            health: {interval: 1s, fast-interval: 100ms, timeout: 2s, fall: 3, stale-after: 10s}
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

    /** 15 s: longer than stale-after, shorter than the ttl. */
    @Test
    void healthyPrimaryIsUsedUntilStaleAfterAndKeepsItsSessions() {
        Host primary = cluster.primary();
        Sessions staying = Sessions.open(cluster.client(), "host=ct100", 5);

        primary.signal("STOP", "patroni");
        long frozenAt = System.nanoTime();
        Openings openings = Openings.start(cluster.client(), "host=ct100 sslmode=disable", 60, Duration.ofMillis(250));
        Eventually.until(
                "Patroni was frozen for 15 s",
                Duration.ofSeconds(20),
                () -> System.nanoTime() - frozenAt > Duration.ofSeconds(15).toNanos());
        int overWhileFrozen = openings.over().size();
        primary.signal("CONT", "patroni");

        List<Opening> all = openings.await();
        assertThat(all).allMatch(Opening::ok).extracting(Opening::server).containsOnly(primary.address());
        assertThat(overWhileFrozen)
                .as("a quarter of a second each, for a little less than 10 s; the others waited")
                .isBetween(24, 44);
        assertThat(staying.ended()).isEmpty();
        assertThat(staying.stop()).containsExactlyInAnyOrderElementsOf(staying.opened());
        cluster.awaitWhole();
    }

    /** Until the lease has run out (the cluster's ttl is 25 s) and another node is promoted. */
    @Test
    void oldPrimaryIsLeftAtOnceWhenAnotherNodeIsPromoted() {
        Host old = cluster.primary();
        Sessions staying = Sessions.open(cluster.client(), "host=ct100", 5);
        Running watch = cluster.client()
                .start("python3", "/it/promotion.py", old.name(), proxy.address(), "pg102", "pg103", "pg104");
        watch.line("the watch sees the sessions", Duration.ofSeconds(10), line -> line.equals("5 sessions"));

        old.signal("STOP", "patroni");
        try {
            String verdict = watch.await(Duration.ofSeconds(90)).orFail();
            System.out.println("frozen Patroni, "
                    + verdict.lines().reduce((first, last) -> last).orElseThrow());
            staying.awaitAllEnded();
            long connectionsBefore = Cluster.connectionsFrom(proxy, old);
            List<Opening> after = Openings.start(cluster.client(), "host=ct100", 20, Duration.ofMillis(20))
                    .await();

            Host promoted = cluster.postgresHosts().stream()
                    .filter(node -> node != old && cluster.writable().contains(node))
                    .findFirst()
                    .orElseThrow();
            assertThat(after).allMatch(Opening::ok).extracting(Opening::server).containsOnly(promoted.address());
            assertThat(Cluster.connectionsFrom(proxy, old)).isEqualTo(connectionsBefore);
            assertThat(Cluster.sessionsFrom(proxy, old)).isZero();
            assertThat(cluster.client()
                            .run("psql", "-XAt", "host=" + old.name(), "-c", "select pg_is_in_recovery()")
                            .orFail())
                    .as("the old PostgreSQL still accepts and would still write")
                    .isEqualTo("f");
        } finally {
            old.signal("CONT", "patroni");
        }
        cluster.awaitWhole();
    }
}
