package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A start that can't work says why; one that only came too early works as soon as it can. */
@ResourceLock("ct100 of the steady cluster")
class StartIT {
    private static final String CONFIG =
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
            """;

    /** Names that nobody knows yet. */
    private static final String UNKNOWN_NAMES =
            """
            nodes:
              - {name: pg102, host: first.db}
              - {name: pg103, host: second.db}
              - {name: pg104, host: third.db}
            """;

    @RegisterExtension
    static final SharedCluster CLUSTER = SharedCluster.steady();

    @Test
    void takenPortIsNamedAndTheOtherGoesOn() {
        Cluster cluster = CLUSTER.get();
        Host proxy = cluster.startProxy("ct100", CONFIG);
        try {
            String other =
                    "printf 'nodes: [{name: pg102, host: pg102}]\\nadmin: {bind: \"*:7001\"}\\n' > /tmp/other.yml\n";

            Outcome second = proxy.shell(
                    other + "timeout 30 java -Xmx64m -jar /opt/pgproxy/pgproxy.jar --config /tmp/other.yml");

            assertThat(second.exitCode()).isEqualTo(1);
            assertThat(second.out() + second.err()).contains("5432").contains("Address already in use");
            assertThat(served(cluster)).isEqualTo(cluster.primary().address());
        } finally {
            proxy.remove();
        }
    }

    @Test
    void brokenConfigurationStaysDownWithItsReason() {
        Host proxy = CLUSTER.get().startUnreadyProxy("ct100", "nodes: []\nlisteners: oops\n", Map.of());
        try {
            Eventually.until(
                    "pgproxy stays down",
                    Duration.ofSeconds(20),
                    proxy::log,
                    log -> log.contains("ended with 78: stays down"));

            assertThat(proxy.log()).contains("nodes").contains("listeners");
        } finally {
            proxy.remove();
        }
    }

    @Test
    void configurationThatMayNotBeReadIsNamed() {
        Host proxy = CLUSTER.get().startUnreadyProxy("ct100", "nodes: []\n", Map.of());
        try {
            Outcome check = proxy.shell("install -m 000 /dev/null /tmp/closed.yml; setpriv --reuid=65534 --clear-groups"
                    + " java -Xmx64m -jar /opt/pgproxy/pgproxy.jar check-config --config /tmp/closed.yml");

            assertThat(check.exitCode()).isEqualTo(78);
            assertThat(check.out() + check.err()).contains("/tmp/closed.yml").contains("this user may not");
        } finally {
            proxy.remove();
        }
    }

    @Test
    void startBeforeItsNetworkWorksOnceTheNetworkIsThere() {
        Cluster cluster = CLUSTER.get();
        Host proxy = cluster.startUnreadyProxy("ct100", UNKNOWN_NAMES, Map.of());
        try {
            Eventually.until(
                    "it listens",
                    Duration.ofSeconds(30),
                    () -> proxy.shell("ss -Hltn 'sport = :5432' | grep -q LISTEN")
                            .ok(),
                    () -> "\n" + proxy.log());
            Running waits = cluster.client().start("psql", "-XAt", "-c", "select host(inet_server_addr())");
            Eventually.until("it waits", Duration.ofSeconds(10), () -> Cluster.parked(proxy) == 1);

            proxy.shell("printf '%s first.db\\n%s second.db\\n%s third.db\\n' " + cluster.address("pg102") + " "
                            + cluster.address("pg103") + " " + cluster.address("pg104") + " >> /etc/hosts")
                    .orFail();

            assertThat(waits.await(Duration.ofSeconds(60)).orFail())
                    .isEqualTo(cluster.primary().address());
            Cluster.awaitReady(proxy);
        } finally {
            proxy.remove();
        }
    }

    private static String served(Cluster cluster) {
        return cluster.client()
                .run("psql", "-XAt", "-c", "select host(inet_server_addr())")
                .orFail();
    }
}
