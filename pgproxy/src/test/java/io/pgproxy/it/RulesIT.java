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
 * Who may come in, and how many. Beside each listener with a rule there is one without it that is asked the same, so
 * that a rule which does nothing, or an obstacle that is none of the rule's, shows.
 */
@ResourceLock("ct101 of the steady cluster")
class RulesIT {
    private static final String CONFIG =
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
            listeners:
              - {name: open, bind: "*:5432", route: primary}
              - {name: open-reads, bind: "*:5433", route: replica, fallback: none}
              - {name: allowed, bind: "*:6001", route: primary, allow-from: [$CLIENT2]}
              - {name: few, bind: "*:6002", route: primary, max-sessions: 2}
              - {name: few-each, bind: "*:6003", route: replica, fallback: none, max-sessions-per-node: 1}
              - {name: few-by-source, bind: "*:6004", route: primary, max-sessions-per-source: 2}
              - name: paced
                bind: "*:6005"
                route: primary
                connects-per-source: {rate: 1/s, burst: 3}
              - {name: roomy, bind: "*:6008", route: primary, max-sessions: 17}
              - name: introduced
                bind: "*:6006"
                route: primary
                proxy-protocol-from: [$CLIENT1]
                allow-from: [203.0.113.0/24, $CLIENT2]
              - name: introduced-limited
                bind: "*:6007"
                route: primary
                proxy-protocol-from: [$CLIENT1]
                max-sessions-per-source: 1
            """;

    private static final String POSTGRES = "no PostgreSQL user name specified in startup packet";

    @RegisterExtension
    static final SharedCluster CLUSTER = SharedCluster.steady();

    private static Cluster cluster;
    private static Host proxy;
    private static Host client;
    private static Host other;

    @BeforeAll
    static void start() {
        cluster = CLUSTER.get();
        client = cluster.client();
        other = cluster.startClient("client2");
        proxy = cluster.startProxy(
                "ct101", CONFIG.replace("$CLIENT1", client.address()).replace("$CLIENT2", other.address()));
    }

    @AfterAll
    static void stop() {
        CLUSTER.get().remove("ct101");
        CLUSTER.get().remove("client2");
    }

    @Test
    void onlyAllowedNetworksAreLetIn() {
        assertThat(psql(client, 6001, "").err()).contains("pgproxy: ").contains(client.address());
        assertThat(psql(client, 6001, "sslmode=disable").err()).contains(client.address());
        assertThat(psql(other, 6001, "").ok()).isTrue();
        assertThat(psql(client, 5432, "").ok()).isTrue();
        assertCounted("allowed", "source_refused", 2);
        assertOneLine("allowed");
    }

    @Test
    void listenerTakesSoManySessionsAndNoMore() {
        try (Crowd crowd = Crowd.come(client, "host=ct101 port=6002", 4);
                Crowd unlimited = Crowd.come(client, "host=ct101", 4)) {
            assertThat(crowd.servers()).hasSize(2);
            assertThat(crowd.refusals()).hasSize(2).allMatch(text -> text.contains("pgproxy: "));
            assertThat(unlimited.servers()).hasSize(4);
        }
        assertCounted("few", "listener_session_limit", 2);
        assertOneLine("few");
        awaitServed(6002);
    }

    @Test
    void nodeTakesSoManySessionsAndNoMore() {
        try (Crowd crowd = Crowd.come(client, "host=ct101 port=6003", 4);
                Crowd unlimited = Crowd.come(client, "host=ct101 port=5433", 4)) {
            assertThat(crowd.byServer()).hasSize(2).allSatisfy((server, count) -> assertThat(count)
                    .isEqualTo(1));
            assertThat(crowd.refusals()).hasSize(2).allMatch(text -> text.contains("pgproxy: "));
            assertThat(unlimited.servers()).hasSize(4);
        }
        assertCounted("few-each", "node_session_limit", 2);
        assertOneLine("few-each");
        awaitServed(6003);
    }

    @Test
    void sourceGetsSoManySessionsAndOthersTheirOwn() {
        try (Crowd crowd = Crowd.come(client, "host=ct101 port=6004", 4);
                Crowd others = Crowd.come(other, "host=ct101 port=6004", 2)) {
            assertThat(crowd.servers()).hasSize(2);
            assertThat(crowd.refusals()).hasSize(2).allMatch(text -> text.contains("pgproxy: "));
            assertThat(others.servers()).hasSize(2);
        }
        assertCounted("few-by-source", "source_session_limit", 2);
        assertOneLine("few-by-source");
        awaitServed(6004);
    }

    @Test
    void sourceThatConnectsTooFastIsRefusedAndOthersAreNot() {
        try (Crowd crowd = Crowd.come(client, "host=ct101 port=6005 sslmode=disable", 12);
                Crowd others = Crowd.come(other, "host=ct101 port=6005 sslmode=disable", 2);
                Crowd unlimited = Crowd.come(client, "host=ct101 sslmode=disable", 12)) {
            assertThat(crowd.servers()).hasSizeBetween(3, 11);
            assertThat(crowd.refusals()).isNotEmpty();
            assertThat(others.servers()).hasSize(2);
            assertThat(unlimited.servers()).hasSize(12);
            assertCounted("paced", "source_rate_limit", crowd.refusals().size());
            assertOneLine("paced");
        }
        awaitServed(6005);
    }

    @Test
    void headerSaysWhoTheClientIs() {
        for (String kind : List.of("v1-friend", "v2-friend", "v2-tlvs")) {
            assertThat(introduced(client, 6006, kind)).as(kind).contains(POSTGRES);
        }
        for (String kind : List.of("v1-stranger", "v2-stranger")) {
            assertThat(introduced(client, 6006, kind)).as(kind).contains("198.51.100.1");
        }
    }

    /** The balancer's own check, or a connection of its own: then its own address counts, which has no access here. */
    @Test
    void headerThatNamesNobodyLeavesTheConnectionsOwnAddress() {
        for (String kind : List.of("v1-unknown", "v2-local")) {
            assertThat(introduced(client, 6006, kind)).as(kind).contains(client.address());
            assertThat(introduced(client, 6007, kind)).as(kind).contains(POSTGRES);
        }
    }

    @Test
    void headerIsRequiredFromWhomItIsExpected() {
        assertThat(introduced(client, 6006, "none"))
                .contains("pgproxy: ")
                .contains("must begin with a PROXY header")
                .doesNotContain(POSTGRES);
        for (String kind : List.of("v1-too-long", "v2-length-too-small", "v2-of-version-3")) {
            assertThat(introduced(client, 6006, kind)).as(kind).doesNotContain(POSTGRES);
        }
        assertCounted("introduced", "proxy_header_missing", 1);
        assertCounted("introduced", "proxy_header_wrong", 3);
    }

    @Test
    void headerIsRefusedFromEverybodyElse() {
        assertThat(introduced(other, 6006, "none")).contains(POSTGRES);
        assertThat(introduced(other, 6006, "v2-friend")).contains("pgproxy: ").doesNotContain(POSTGRES);
        assertThat(introduced(client, 5432, "v1-friend")).contains("pgproxy: ").doesNotContain(POSTGRES);
        assertThat(introduced(client, 5432, "none")).contains(POSTGRES);
    }

    /** HAProxy as it stands in front of others: the limit by source counts its clients and not HAProxy. */
    @Test
    void haproxyIntroducesItsClients() {
        client.shell(
                        """
                        cat > /tmp/relay.cfg <<'END'
                        defaults
                            mode tcp
                            timeout client 1m
                            timeout server 1m
                            timeout connect 5s
                        listen v1
                            bind *:7001
                            server pgproxy ct101:6007 send-proxy
                        listen v2
                            bind *:7002
                            server pgproxy ct101:6007 send-proxy-v2
                        END
                        haproxy -D -p /tmp/relay.pid -f /tmp/relay.cfg
                        """)
                .orFail();
        try (Crowd mine = Crowd.come(client, "host=client port=7001", 2);
                Crowd theirs = Crowd.come(other, "host=client port=7002", 2)) {
            assertThat(mine.servers()).hasSize(1);
            assertThat(theirs.servers()).hasSize(1);
        } finally {
            client.shell("kill $(cat /tmp/relay.pid)").orFail();
        }
    }

    @Test
    void limitsAreShown() {
        try (Crowd crowd = Crowd.come(client, "host=ct101 port=6008", 2)) {
            assertThat(crowd.servers()).hasSize(2);
            assertThat(proxy.shell("java -jar /opt/pgproxy/pgproxy.jar status").out())
                    .containsPattern("listener roomy: sessions .*2.*17");
            assertThat(proxy.shell("curl -s localhost:7000/api/v1/status"
                                    + " | jq -c '.limits[] | select(.name == \"listener roomy: sessions\")'")
                            .orFail())
                    .isEqualTo("{\"name\":\"listener roomy: sessions\",\"used\":2,\"max\":17}");
        }
    }

    private static Outcome psql(Host from, int port, String more) {
        return from.run("psql", "-XAt", "host=ct101 port=" + port + " " + more, "-c", "select 1");
    }

    private static String introduced(Host from, int port, String kind) {
        return from.run("python3", "/it/introduced.py", "ct101", Integer.toString(port), kind)
                .orFail();
    }

    /** Places are given back: a session is served again as soon as the others are gone. */
    private static void awaitServed(int port) {
        Eventually.until("a place on port " + port, Duration.ofSeconds(10), () -> psql(client, port, "")
                .ok());
    }

    private static void assertCounted(String listener, String reason, int atLeast) {
        String sample =
                "pgproxy_listener_connections_ended_total{listener=\"" + listener + "\",reason=\"" + reason + "\"";
        String count = proxy.shell("curl -s localhost:7000/metrics | grep -F '" + sample + "'")
                .orFail();
        assertThat(Double.parseDouble(count.substring(count.lastIndexOf(' ') + 1)))
                .as(count)
                .isGreaterThanOrEqualTo(atLeast);
    }

    private static void assertOneLine(String listener) {
        assertThat(proxy.log()
                        .lines()
                        .filter(line -> line.contains(" WARN ") && line.contains("listener " + listener + ":")))
                .as("lines about listener %s", listener)
                .hasSize(1);
    }
}
