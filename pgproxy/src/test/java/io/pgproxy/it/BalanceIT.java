package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** How one of several good nodes is chosen. One relay thread, so that turns are exact. */
@ResourceLock("ct101 of the steady cluster")
class BalanceIT {
    private static final String CONFIG =
            """
            nodes:
              - {name: pg102, host: pg102, weight: 100}
              - {name: pg103, host: pg103, weight: 100}
              - {name: pg104, host: pg104, weight: 200}
            listeners:
              - {name: fewest, bind: "*:6001", route: any}
              - {name: turns, bind: "*:6002", route: any, balance: round-robin}
              - {name: drawn, bind: "*:6003", route: any, balance: random}
              - {name: by-source, bind: "*:6004", route: any, balance: source}
            sessions: {relay-threads: 1}
            """;

    @RegisterExtension
    static final SharedCluster CLUSTER = SharedCluster.steady();

    private static Cluster cluster;

    @BeforeAll
    static void start() {
        cluster = CLUSTER.get();
        cluster.startProxy("ct101", CONFIG);
    }

    @AfterAll
    static void stop() {
        CLUSTER.get().remove("ct101");
    }

    private static Crowd crowd(int port, int count) {
        return Crowd.come(cluster.client(), "host=ct101 sslmode=disable port=" + port, count);
    }

    private static Map<String, Long> shares(long light, long heavy) {
        return Map.of(
                cluster.address("pg102"), light, cluster.address("pg103"), light, cluster.address("pg104"), heavy);
    }

    /** Sessions that nobody would send to an equal node show that it is the load that decides, by weight. */
    @Test
    void fewestSessionsByWeightWin() {
        try (Crowd uneven = crowd(6004, 20);
                Crowd fewest = crowd(6001, 20)) {
            String loaded = uneven.servers().get(0);
            long most = loaded.equals(cluster.address("pg104")) ? 5 : 0;

            assertThat(fewest.byServer().getOrDefault(loaded, 0L)).isLessThanOrEqualTo(most);
        }
    }

    @Test
    void turnsAreTakenByWeightAndNotByLoad() {
        try (Crowd uneven = crowd(6004, 20);
                Crowd turns = crowd(6002, 20)) {
            assertThat(uneven.byServer()).hasSize(1);
            assertThat(turns.byServer()).isEqualTo(shares(5, 10));
        }
    }

    /** Drawn among all, in no order that repeats. */
    @Test
    void drawnSessionsFollowNoOrder() {
        try (Crowd drawn = crowd(6003, 40)) {
            assertThat(drawn.byServer()).hasSize(3);
            List<String> servers = drawn.servers();
            assertThat(new HashSet<>(List.of(
                            servers.subList(0, 8),
                            servers.subList(8, 16),
                            servers.subList(16, 24),
                            servers.subList(24, 32),
                            servers.subList(32, 40))))
                    .hasSizeGreaterThan(1);
        }
    }

    @Test
    void sourceStaysWithItsNode() {
        try (Crowd one = crowd(6004, 10);
                Crowd again = crowd(6004, 10)) {
            assertThat(one.byServer()).hasSize(1);
            assertThat(again.byServer()).isEqualTo(one.byServer());
        }
    }
}
