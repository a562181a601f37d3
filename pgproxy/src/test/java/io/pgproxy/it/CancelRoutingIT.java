package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * A cancel goes where its query runs, on a listener with two replicas that take turns. Beside the proxy that routes
 * cancels there is one that does not, and is asked the same.
 */
@ResourceLock("ct100 of the steady cluster")
@ResourceLock("ct101 of the steady cluster")
class CancelRoutingIT {
    private static final String CONFIG =
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
            listeners:
              - {name: turns, bind: "*:5433", route: replica, fallback: none, balance: round-robin, slow-start: 0s}
            sessions: {relay-threads: 1, cancel-routing: $ROUTING}
            """;

    private static final Duration DEADLINE = Duration.ofSeconds(20);

    @RegisterExtension
    static final SharedCluster CLUSTER = SharedCluster.steady();

    private static Cluster cluster;

    @BeforeAll
    static void start() {
        cluster = CLUSTER.get();
        cluster.startProxy("ct100", CONFIG.replace("$ROUTING", "true"));
        cluster.startProxy("ct101", CONFIG.replace("$ROUTING", "false"));
        assertThat(cluster.replicas()).hasSize(2);
    }

    @AfterAll
    static void stop() {
        CLUSTER.get().remove("ct100");
        CLUSTER.get().remove("ct101");
    }

    /** The replica that did not serve the session. */
    private static Host other(String said) {
        List<Host> others = cluster.replicas().stream()
                .filter(replica -> !said.startsWith(replica.address() + " "))
                .toList();
        assertThat(others).as(said).hasSize(1);
        return others.get(0);
    }

    /** How often that node's PostgreSQL has logged that a cancel was none of its own. */
    private static long strayCancels(Host node) {
        return node.log()
                .lines()
                .filter(line -> line.contains("in cancel request"))
                .count();
    }

    private static String cancel(String proxy) {
        return cluster.client()
                .run("python3", "/it/routed_cancel.py", "host=" + proxy + " port=5433 sslmode=disable")
                .orFail();
    }

    private static long straysOnAll() {
        return cluster.replicas().stream()
                .mapToLong(CancelRoutingIT::strayCancels)
                .sum();
    }

    /** The metric shows that the key was known; that no node logs it would show as well if the log came late. */
    @Test
    void cancelReachesItsNodeAndNoOther() {
        long before = straysOnAll();
        for (int turn = 1; turn <= 4; turn++) {
            assertThat(cancel("ct100")).endsWith(" cancelled");
        }
        assertThat(counted("ct100", "key")).isEqualTo(4);
        assertThat(straysOnAll()).isEqualTo(before);
    }

    @Test
    void cancelThatIsNotRoutedReachesTheOtherNodeToo() {
        long before = straysOnAll();
        String said = cancel("ct101");
        assertThat(said).endsWith(" cancelled");
        Host wrong = other(said);
        Eventually.until(
                wrong.name() + " says that the cancel was none of its own",
                DEADLINE,
                () -> straysOnAll() == before + 1,
                () -> "\n" + wrong.log());
        assertThat(counted("ct101", "listener")).isEqualTo(1);
    }

    @Test
    void encryptedCancelFollowsItsClientsSession() {
        for (int turn = 1; turn <= 2; turn++) {
            assertThat(encryptedCancel("ct100")).endsWith(" cancelled");
        }
    }

    /** The turns lead it to the other node, every time. */
    @Test
    void encryptedCancelThatIsNotRoutedIsLost() {
        assertThat(encryptedCancel("ct101")).endsWith(" not cancelled");
    }

    private static String encryptedCancel(String proxy) {
        return cluster.client()
                .run("python3", "/it/tls_cancel.py", proxy, "5433")
                .orFail();
    }

    private static int counted(String proxy, String by) {
        String sample = cluster.host(proxy)
                .shell("curl -s localhost:7000/metrics | grep -F 'pgproxy_listener_cancels_total{by=\"" + by
                        + "\",listener=\"turns\"'")
                .orFail();
        return (int) Double.parseDouble(sample.substring(sample.lastIndexOf(' ') + 1));
    }
}
