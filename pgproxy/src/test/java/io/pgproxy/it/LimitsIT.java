package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The limits of the whole program: ct100 has some, ct101 has the other, and each shows what happens without. */
@ResourceLock("ct100 of the steady cluster")
@ResourceLock("ct101 of the steady cluster")
class LimitsIT {
    private static final String CONFIG =
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
            listeners:
              - {name: primary, bind: "*:5432", route: primary}
              - {name: nobody, bind: "*:6001", route: replica, required-tags: {zone: nowhere}, fallback: none}
              - {name: any, bind: "*:6002", route: any}
            hold: 30s
            """;

    private static final String WAITING_ROOMS =
            "sessions: {max-startups: 20, max-parked: 2, max-cancels: 1, startup-timeout: 60s, connect-timeout: 3s}";

    @RegisterExtension
    static final SharedCluster CLUSTER = SharedCluster.steady();

    private static Cluster cluster;
    private static Host client;
    private static Host ct100;
    private static Host ct101;

    @BeforeAll
    static void start() {
        cluster = CLUSTER.get();
        client = cluster.client();
        ct100 = cluster.startProxy("ct100", CONFIG + WAITING_ROOMS);
        ct101 = cluster.startProxy("ct101", CONFIG + "sessions: {max: 8, startup-timeout: 60s, connect-timeout: 3s}");
    }

    @AfterAll
    static void stop() {
        CLUSTER.get().remove("ct100");
        CLUSTER.get().remove("ct101");
    }

    @Test
    void sessionsAreSoManyAndNoMore() {
        try (Crowd few = Crowd.come(client, "host=ct101", 10);
                Crowd all = Crowd.come(client, "host=ct100", 10)) {
            assertThat(few.servers()).hasSize(8);
            assertThat(few.refusals()).hasSize(2).allMatch(text -> text.contains("pgproxy: "));
            assertThat(all.servers()).hasSize(10);
        }
    }

    /** Whoever says nothing makes room for who comes, and so locks nobody out. */
    @Test
    void silentConnectionsMakeRoom() {
        Running silent = silent("ct100", 60);
        silent.line(
                "those above the limit are gone",
                Duration.ofSeconds(10),
                line -> line.equals("20") || line.equals("21"));

        assertThat(client.run("psql", "-XAt", "host=ct100", "-c", "select 1").orFail())
                .isEqualTo("1");
        assertThat(refused(ct100, "startup_limit")).isGreaterThanOrEqualTo(39);
        silent.stop();
        Running others = silent("ct101", 60);
        others.line("none of them is gone", Duration.ofSeconds(10), "60"::equals);
        others.stop();
    }

    @Test
    void waitingSessionsAreSoManyAndNoMore() {
        List<Running> all = Stream.of("ct100", "ct100", "ct100", "ct101", "ct101", "ct101")
                .map(host -> client.start("psql", "-XAt", "host=" + host + " port=6001", "-c", "select 1"))
                .toList();

        Eventually.until("two wait on ct100", Duration.ofSeconds(20), () -> Cluster.parked(ct100) == 2);
        Eventually.until("three wait on ct101", Duration.ofSeconds(20), () -> Cluster.parked(ct101) == 3);
        Eventually.until("one was refused", Duration.ofSeconds(20), () -> refused(ct100, "parked_limit") == 1);
        assertThat(all.stream().filter(Running::hasEnded)).hasSize(1);
        all.forEach(Running::stop);
    }

    /** A host that answers nothing keeps a cancel request busy for as long as a connect may take. */
    @Test
    void cancelRequestsAtOnceAreSoManyAndNoMore() {
        for (Host proxy : List.of(ct100, ct101)) {
            proxy.shell("iptables -I OUTPUT -p tcp -d pg103 --dport 5432 -j DROP")
                    .orFail();
        }
        try {
            assertThat(cancels("ct100")).filteredOn(seconds -> seconds < 1).hasSize(3);
            assertThat(cancels("ct101")).allMatch(seconds -> seconds > 1).hasSize(4);
            assertThat(refused(ct100, "cancel_limit")).isEqualTo(3);
        } finally {
            for (Host proxy : List.of(ct100, ct101)) {
                proxy.shell("iptables -F OUTPUT").orFail();
            }
        }
    }

    private static Running silent(String proxy, int count) {
        Running silent = client.start("python3", "/it/silent.py", proxy, "5432", Integer.toString(count));
        silent.line("all of the silent", Duration.ofSeconds(20), "all have come"::equals);
        return silent;
    }

    private static List<Double> cancels(String proxy) {
        return client.run("python3", "/it/cancels.py", proxy, "6002", "4")
                .orFail()
                .lines()
                .map(Double::valueOf)
                .toList();
    }

    private static long refused(Host proxy, String reason) {
        String sum = "curl -s localhost:7000/metrics | awk '/^pgproxy_listener_connections_ended_total.*reason=\""
                + reason + "\"/ {sum += $NF} END {print sum + 0}'";
        return (long) Double.parseDouble(proxy.shell(sum).orFail());
    }
}
