package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.it.Sessions.Session;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Which nodes serve reads; each test leaves the cluster as it was. Beside each listener with a condition there is one
 * without it that is asked the same.
 */
@ResourceLock("ct101 of the steady cluster")
class RoutesIT {
    private static final String CONFIG =
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
            listeners:
              - {name: primary, bind: "*:5432", route: primary}
              - {name: replicas, bind: "*:5433", route: replica, fallback: none}
              - {name: any, bind: "*:6001", route: any}
              - {name: sync, bind: "*:6002", route: sync, fallback: none}
              - {name: async, bind: "*:6003", route: async, fallback: none}
              - {name: in-a, bind: "*:6004", route: replica, fallback: none, required-tags: {zone: a}}
              - {name: not-a, bind: "*:6005", route: replica, fallback: none, refused-tags: {zone: a}}
              - {name: nowhere, bind: "*:6006", route: replica, required-tags: {zone: nowhere}}
              - name: nowhere-bounded
                bind: "*:6007"
                route: replica
                required-tags: {zone: nowhere}
                fallback-max-sessions: 2
              - {name: close-behind, bind: "*:6008", route: replica, fallback: none, max-lag: 16MB}
              - {name: back-slowly, bind: "*:6009", route: any, balance: round-robin, slow-start: 60s, refused-tags: {away: "true"}}
              - {name: back-at-once, bind: "*:6010", route: any, balance: round-robin, slow-start: 0s, refused-tags: {away: "true"}}
              - {name: back-never-unfair, bind: "*:6011", route: any, slow-start: 0s, refused-tags: {away: "true"}}
            """;

    @RegisterExtension
    static final SharedCluster CLUSTER = SharedCluster.steady();

    private static Cluster cluster;
    private static Host proxy;
    private static Host primary;
    private static Host first;
    private static Host second;

    @BeforeAll
    static void start() {
        cluster = CLUSTER.get();
        proxy = cluster.startProxy("ct101", CONFIG);
        primary = cluster.primary();
        List<Host> replicas = cluster.replicas().stream()
                .sorted(Comparator.comparing(Host::name))
                .toList();
        first = replicas.get(0);
        second = replicas.get(1);
    }

    @AfterAll
    static void stop() {
        CLUSTER.get().remove("ct101");
    }

    @Test
    void anyIsServedByAllAndReplicaByReplicas() {
        assertThat(serversOn(6001)).isEqualTo(addresses(primary, first, second));
        assertThat(serversOn(5433)).isEqualTo(addresses(first, second));
        assertThat(serversOn(5432)).isEqualTo(addresses(primary));
    }

    @Test
    void syncAndAsyncFollowPatronisChoice() {
        cluster.configure("{\"synchronous_mode\": true}");
        try {
            Host sync = Eventually.until(
                            "one replica is synchronous",
                            Cluster.WHOLE_DEADLINE,
                            () -> replicas()
                                    .filter(node -> cluster.patroni(node, ".sync_standby")
                                            .equals("true"))
                                    .toList(),
                            found -> found.size() == 1)
                    .get(0);
            Host async = sync == first ? second : first;

            awaitServers(6002, sync);
            awaitServers(6003, async);
            assertThat(serversOn(5433)).isEqualTo(addresses(first, second));
            Sessions staying = Sessions.open(cluster.client(), "host=ct101 port=6002", 2);

            cluster.configure("{\"synchronous_mode\": null}");
            Eventually.until("no replica is synchronous", Cluster.WHOLE_DEADLINE, () -> replicas()
                    .noneMatch(node -> cluster.patroni(node, ".sync_standby").equals("true")));
            awaitServers(6003, first, second);
            assertThat(staying.stop()).containsExactlyInAnyOrderElementsOf(staying.opened());
        } finally {
            cluster.configure("{\"synchronous_mode\": null}");
        }
    }

    @Test
    void tagsLetInAndKeepOutAndEndNobody() {
        assertThat(serversOn(6005)).isEqualTo(addresses(first, second));
        tag(first, "zone: a");
        try {
            awaitServers(6004, first);
            awaitServers(6005, second);
            assertThat(serversOn(5433)).isEqualTo(addresses(first, second));
            Sessions staying = Sessions.open(cluster.client(), "host=ct101 port=6004", 2);

            tag(first, "");
            awaitServers(6005, first, second);
            assertThat(staying.stop()).extracting(Session::server).containsExactly(first.address(), first.address());
        } finally {
            tag(first, "");
        }
    }

    @Test
    void readsFallBackToThePrimaryAsFarAsTheyMay() {
        try (Crowd bounded = Crowd.come(cluster.client(), "host=ct101 port=6007", 4);
                Crowd unbounded = Crowd.come(cluster.client(), "host=ct101 port=6006", 4)) {
            assertThat(bounded.servers()).containsExactly(primary.address(), primary.address());
            assertThat(bounded.refusals()).hasSize(2).allMatch(text -> text.contains("pgproxy: "));
            assertThat(unbounded.byServer()).containsOnlyKeys(primary.address()).containsValue(4L);
            assertThat(metric("pgproxy_listener_fallback_sessions{listener=\"nowhere\""))
                    .isEqualTo(4);
        }
        assertThat(metric("pgproxy_listener_fallbacks_total{listener=\"nowhere\""))
                .isGreaterThanOrEqualTo(4);
        assertThat(
                        metric(
                                "pgproxy_listener_connections_ended_total{listener=\"nowhere-bounded\",reason=\"fallback_limit\""))
                .isGreaterThanOrEqualTo(2);
        assertThat(proxy.log()).containsPattern("WARN .*listener nowhere: .*" + primary.name());
        assertThat(proxy.shell("curl -s localhost:7000/api/v1/status | jq -r '.readiness.warnings[]'")
                        .out())
                .contains("listener nowhere: reads go to the primary " + primary.name());
    }

    @Test
    void replicaThatIsTooFarBehindIsLeftOut() {
        awaitServers(6008, first, second);
        signalReplay(second, "STOP"); // Patroni resumes a replay that is merely paused at its next look
        try {
            primary.sql("create table if not exists ballast (filling text)");
            primary.sql("insert into ballast select repeat('x', 2000) from generate_series(1, 20000)");

            awaitServers(6008, first);
            assertThat(serversOn(5433)).isEqualTo(addresses(first, second));
        } finally {
            signalReplay(second, "CONT");
            primary.sql("drop table if exists ballast");
        }
        awaitServers(6008, first, second);
    }

    private static void signalReplay(Host node, String signal) {
        node.run("pkill", "-" + signal, "-f", "postgres: .*startup recovering").orFail();
    }

    /** A third would be its share at once; a minute's ramp has hardly begun. */
    @Test
    void nodeThatReturnsStartsSlowly() {
        leaveAndReturn(first, 6009, 6010);

        try (Crowd slowly = Crowd.come(cluster.client(), "host=ct101 port=6009 sslmode=disable", 30);
                Crowd atOnce = Crowd.come(cluster.client(), "host=ct101 port=6010 sslmode=disable", 30)) {
            assertThat(slowly.byServer().getOrDefault(first.address(), 0L)).isLessThanOrEqualTo(6);
            assertThat(atOnce.byServer().get(first.address())).isBetween(9L, 11L);
        }
    }

    /** It has none of the sixty sessions, and would get every new one if the fewest sessions alone decided. */
    @Test
    void nodeThatReturnsTakesNoMoreThanTwiceItsShare() {
        tag(first, "away: true");
        awaitServers(6011, primary, second);
        try (Crowd old = Crowd.come(cluster.client(), "host=ct101 port=6011 sslmode=disable", 60)) {
            assertThat(old.byServer()).doesNotContainKey(first.address());
            tag(first, "");
            awaitCandidate("back-never-unfair", first);

            try (Crowd fresh = Crowd.come(cluster.client(), "host=ct101 port=6011 sslmode=disable", 30)) {
                assertThat(fresh.byServer().get(first.address())).isBetween(12L, 23L);
            }
        } finally {
            tag(first, "");
        }
    }

    private static void leaveAndReturn(Host node, int... ports) {
        tag(node, "away: true");
        try {
            for (int port : ports) {
                Eventually.until(
                        node.name() + " is left out on port " + port,
                        Duration.ofSeconds(20),
                        () -> serversOn(port),
                        servers -> !servers.contains(node.address()));
            }
        } finally {
            tag(node, "");
        }
        awaitCandidate("back-slowly", node);
    }

    private static void awaitCandidate(String listener, Host node) {
        Eventually.until(node.name() + " is back on " + listener, Duration.ofSeconds(20), () -> proxy.shell(
                        "curl -s localhost:7000/api/v1/status | jq -r '.listeners[] | select(.name == \"" + listener
                                + "\") | .targets.nodes[]'")
                .out()
                .contains(node.name()));
    }

    /** Patroni reads its tags again when it is asked to. */
    private static void tag(Host node, String tags) {
        node.shell("sed -i 's/^tags:.*/tags: {" + tags + "}/' /etc/patroni/patroni.yml"
                        + " && curl -sf -X POST localhost:8008/reload")
                .orFail();
    }

    private static java.util.stream.Stream<Host> replicas() {
        return List.of(first, second).stream();
    }

    private static void awaitServers(int port, Host... nodes) {
        Set<String> wanted = addresses(nodes);
        Eventually.until("who serves port " + port, Duration.ofSeconds(30), () -> serversOn(port), wanted::equals);
    }

    /** Everybody who serves some sessions that are open together. */
    private static Set<String> serversOn(int port) {
        try (Crowd crowd = Crowd.come(cluster.client(), "host=ct101 sslmode=disable port=" + port, 6)) {
            return new TreeSet<>(crowd.servers());
        }
    }

    private static Set<String> addresses(Host... nodes) {
        return addresses(List.of(nodes));
    }

    private static Set<String> addresses(Collection<Host> nodes) {
        return nodes.stream().map(Host::address).collect(Collectors.toCollection(TreeSet::new));
    }

    private static double metric(String beginning) {
        String sample = proxy.shell("curl -s localhost:7000/metrics | grep -F '" + beginning + "'")
                .orFail();
        return Double.parseDouble(sample.substring(sample.lastIndexOf(' ') + 1));
    }
}
