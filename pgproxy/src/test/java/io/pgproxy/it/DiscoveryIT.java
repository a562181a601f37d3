package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.it.Openings.Opening;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The nodes as etcd has them, beside a proxy whose file names two of the three. */
@ResourceLock("the faulted cluster")
class DiscoveryIT {
    private static final String STATE_FILE = "/var/tmp/nodes.json";

    private static final String WITHOUT_NODES =
            """
            etcd: {endpoints: ["http://etcd1:2379"]}
            patroni: {scope: main, state-file: /var/tmp/nodes.json}
            """;

    private static final String WITH_TWO_NODES =
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
            """
                    + WITHOUT_NODES;

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @RegisterExtension
    static final SharedCluster CLUSTER = SharedCluster.faulted();

    private static Cluster cluster;
    private static Host discovering;
    private static Host told;

    @BeforeAll
    static void start() {
        cluster = CLUSTER.get();
        discovering = cluster.startProxy("ct100", WITHOUT_NODES);
        told = cluster.startUnreadyProxy("ct101", WITH_TWO_NODES, Map.of());
    }

    @AfterAll
    static void stop() {
        for (String host : List.of("ct100", "ct101", "ct102")) {
            CLUSTER.get().remove(host);
        }
    }

    /** Empty while it does not answer. */
    private static String status(Host proxy, String jq) {
        return proxy.shell("curl -s localhost:7000/api/v1/status | jq -r '" + jq + "'")
                .out();
    }

    private static void awaitStatus(Host proxy, String jq, String value) {
        Eventually.until(
                jq + " on " + proxy.name(), DEADLINE, () -> status(proxy, jq), value::equals, () -> "\n" + proxy.log());
    }

    private static Outcome etcdctl(String command, String... arguments) {
        String[] whole = new String[arguments.length + 4];
        whole[0] = "etcdctl";
        whole[1] = "--endpoints";
        whole[2] = "http://etcd1:2379";
        whole[3] = command;
        System.arraycopy(arguments, 0, whole, 4, arguments.length);
        return cluster.client().run(whole);
    }

    private static Opening open(String host) {
        return Openings.start(cluster.client(), "host=" + host, 1, Duration.ofMillis(1))
                .await()
                .get(0);
    }

    private static void sessionsGoToThePrimary(String proxy) {
        Opening opening = open(proxy);
        assertThat(opening.ok()).as(opening.error()).isTrue();
        assertThat(opening.server()).isEqualTo(cluster.primary().address());
    }

    @Test
    void theMembersAreTheNodesAndAreKept() {
        awaitStatus(
                discovering, ".cluster.nodes_from + \" \" + ([.nodes[].name] | join(\" \"))", "etcd pg102 pg103 pg104");
        sessionsGoToThePrimary("ct100");
        Eventually.until("the nodes are kept", DEADLINE, () -> discovering
                .shell("jq -r '[.nodes[].name] | join(\" \")' " + STATE_FILE)
                .out()
                .equals("pg102 pg103 pg104"));
        assertThat(discovering.run("stat", "-c", "%a", STATE_FILE).orFail()).isEqualTo("600");
    }

    @Test
    void aMemberBesideTheFileIsToldAndNotUsed() {
        awaitStatus(
                told,
                "[.readiness.warnings[] | select(startswith(\"member \"))] | join(\" \")",
                "member pg104 in etcd is not used: nodes does not name it");

        assertThat(status(told, ".cluster.nodes_from + \" \" + ([.nodes[].name] | join(\" \"))"))
                .isEqualTo("file pg102 pg103");
        assertThat(told.log().lines().filter(line -> line.contains("etcd has members that are not used: pg104")))
                .hasSize(1);
        assertThat(status(discovering, ".readiness.warnings | map(select(startswith(\"member pg104\"))) | length"))
                .isEqualTo("0");
    }

    /** Nobody answers where the new one says that it is, and the other has no place that could be one. */
    @Test
    void whoHasNotAnsweredServesNobody() {
        String key = "{\"conn_url\":\"postgres://%s:5432/postgres\",\"api_url\":\"http://%s:8008/patroni\","
                + "\"state\":\"running\",\"role\":\"primary\"}";
        String nobody = cluster.address("fakes");
        etcdctl("put", "/service/main/members/pg105", key.formatted(nobody, nobody))
                .orFail();
        etcdctl("put", "/service/main/members/pg106", key.formatted("127.0.0.1", "127.0.0.1"))
                .orFail();
        try {
            awaitStatus(discovering, ".nodes[] | select(.name == \"pg105\") | .state", "unknown");
            awaitStatus(discovering, "[.readiness.warnings[] | select(startswith(\"member pg106\"))] | length", "1");

            assertThat(status(discovering, "[.listeners[].targets.nodes[]] | contains([\"pg105\"])"))
                    .isEqualTo("false");
            sessionsGoToThePrimary("ct100");
        } finally {
            etcdctl("del", "/service/main/members/pg105").orFail();
            etcdctl("del", "/service/main/members/pg106").orFail();
        }
        awaitStatus(discovering, "[.readiness.warnings[] | select(startswith(\"member pg106\"))] | length", "0");
    }

    /** In a pause, so that Patroni itself changes nothing when etcd is away. */
    @Test
    void aStartWithoutEtcdFindsTheNodesInTheStateFile() {
        awaitStatus(discovering, ".cluster.nodes_from", "etcd");
        Eventually.until("the nodes are kept", DEADLINE, () -> discovering
                .run("test", "-s", STATE_FILE)
                .ok());
        cluster.patronictl("pause", "main", "--wait").orFail();
        Host forgetful;
        try {
            cluster.host("etcd1").kill();
            discovering.kill();
            discovering.boot();
            forgetful = cluster.startUnreadyProxy("ct102", WITHOUT_NODES, Map.of());

            Cluster.awaitReady(discovering);
            assertThat(status(discovering, ".cluster.nodes_from")).isEqualTo("state_file");
            sessionsGoToThePrimary("ct100");
            assertThat(discovering.log())
                    .contains("etcd has not told the members: the nodes are those that it told last");
            awaitStatus(
                    forgetful,
                    ".listeners[] | select(.name == \"primary\") | .targets.waiting_because",
                    "no primary: etcd has told of no member yet");
        } finally {
            cluster.host("etcd1").boot();
            Eventually.until(
                    "the pause is over", Cluster.WHOLE_DEADLINE, () -> cluster.patronictl("resume", "main", "--wait")
                            .ok());
        }
        awaitStatus(discovering, ".cluster.nodes_from", "etcd");
        Cluster.awaitReady(forgetful);
        sessionsGoToThePrimary("ct102");
        cluster.awaitWhole();
    }
}
