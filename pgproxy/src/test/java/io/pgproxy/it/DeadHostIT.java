package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.it.Sessions.Session;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The power of a host fails: no FIN, no reset, no answer any more. */
@ResourceLock("the faulted cluster")
class DeadHostIT {
    private static final String CONFIG =
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
            listeners:
              - {name: primary, bind: "*:5432", route: primary}
              - {name: replicas, bind: "*:5433", route: replica, fallback: primary}
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
    void writesComeBackWhenThePrimaryIsDead() {
        Host dead = cluster.primary();
        cluster.client()
                .run("psql", "-Xq", "-c", "create table if not exists mark (at timestamptz)")
                .orFail();

        dead.kill();
        try {
            Eventually.until("a write through the proxy", Cluster.WHOLE_DEADLINE, () -> cluster.client()
                    .run("psql", "-Xq", "-c", "insert into mark values (now())")
                    .ok());

            assertThat(served("")).isNotEqualTo(dead.address());
        } finally {
            dead.boot();
        }
        cluster.awaitWhole();
    }

    @Test
    void readsGoToTheOtherReplicaAndThenToThePrimary() {
        List<Host> replicas = cluster.replicas();
        Host primary = cluster.primary();
        try {
            replicas.get(0).kill();
            assertThat(served(" port=5433")).isEqualTo(replicas.get(1).address());
            assertThat(served(" port=5433")).isEqualTo(replicas.get(1).address());

            replicas.get(1).kill();
            assertThat(served(" port=5433")).isEqualTo(primary.address());
        } finally {
            replicas.forEach(Host::boot);
        }
        cluster.awaitWhole();
    }

    @Test
    void promotedReplicaLosesItsReaders() {
        Host promoted = cluster.replicas().get(0);
        Host other = cluster.replicas().get(1);
        Sessions reading = Sessions.open(cluster.client(), "host=ct100 port=5433", 6);
        assertThat(Cluster.sessionsFrom(proxy, promoted)).isPositive();
        List<Session> elsewhere = reading.opened().stream()
                .filter(session -> session.server().equals(other.address()))
                .toList();

        cluster.switchover(cluster.primary(), promoted);

        Eventually.until(
                "no reader is left on the new primary",
                Cluster.WHOLE_DEADLINE,
                () -> Cluster.sessionsFrom(proxy, promoted) == 0);
        cluster.awaitWhole();
        assertThat(reading.stop()).containsExactlyInAnyOrderElementsOf(elsewhere);
        assertThat(served(" port=5433")).isNotEqualTo(promoted.address());
    }

    private static String served(String more) {
        return cluster.client()
                .run("psql", "-XAt", "host=ct100" + more, "-c", "select host(inet_server_addr())")
                .orFail();
    }
}
