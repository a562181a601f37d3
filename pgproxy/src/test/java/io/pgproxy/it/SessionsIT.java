package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.it.Sessions.Session;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Who it is: the database sees the proxy's address and port, and the proxy names the client behind it, to whoever may
 * open its socket and to nobody else.
 */
@ResourceLock("ct101 of the steady cluster")
class SessionsIT {
    private static final String CONFIG =
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
            listeners:
              - {name: primary, bind: "*:5432", route: primary}
              - {name: replicas, bind: "*:5433", route: replica, fallback: none}
            """;

    private static final String COMMAND = "java -jar /opt/pgproxy/pgproxy.jar sessions ";
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    @RegisterExtension
    static final SharedCluster CLUSTER = SharedCluster.steady();

    private static Cluster cluster;
    private static Host proxy;
    private static Host primary;

    @BeforeAll
    static void start() {
        cluster = CLUSTER.get();
        proxy = cluster.startProxy("ct101", CONFIG);
        primary = cluster.primary();
    }

    @AfterAll
    static void stop() {
        CLUSTER.get().remove("ct101");
    }

    private static Sessions open(int port, int count) {
        return Sessions.open(cluster.client(), "host=ct101 port=" + port, count);
    }

    /** Our port, as that node's PostgreSQL knows it. */
    private static String backendPort(Session session) {
        return primary.sql("select client_port from pg_stat_activity where pid = " + session.pid());
    }

    @Test
    void portThatTheDatabaseSeesLeadsToTheClient() {
        Sessions sessions = open(5432, 3);
        for (Session session : sessions.opened()) {
            assertThat(primary.sql("select host(client_addr) from pg_stat_activity where pid = " + session.pid()))
                    .isEqualTo(proxy.address());
            String named = proxy.shell(COMMAND + "--json --backend-port " + backendPort(session)
                            + " | jq -r '[.count, .sessions[].client, .sessions[].node] | join(\" \")'")
                    .orFail();
            assertThat(named)
                    .startsWith("1 " + cluster.client().address() + ":")
                    .endsWith(" " + primary.name());
            String client = named.split(" ", -1)[1];
            assertThat(cluster.client().shell("ss -Htn").orFail()).contains(client + " ");
        }
        assertThat(sessions.stop()).hasSize(3);
    }

    @Test
    void oneSessionIsEndedAndTheOthersGoOn() {
        Sessions sessions = open(5432, 3);
        Session unlucky = sessions.opened().get(0);
        String port = backendPort(unlucky);
        assertThat(proxy.shell(COMMAND + "end --backend-port " + port).orFail())
                .isEqualTo("ended 1 session with backend port " + port + " on " + primary.name());
        List<Session> ended = Eventually.until(
                "one session has ended", DEADLINE, sessions::ended, gone -> !gone.isEmpty(), () -> "\n" + proxy.log());
        assertThat(ended).extracting(Session::number).containsExactly(unlucky.number());
        assertThat(sessions.stop()).hasSize(2).extracting(Session::pid).doesNotContain(unlucky.pid());
        assertThat(proxy.log()).contains("ended 1 sessions with backend port " + port + " on " + primary.name());
    }

    @Test
    void allSessionsOfANodeAreEndedAndThoseElsewhereGoOn() {
        Sessions sessions = open(5433, 6);
        Host emptied = cluster.replicas().get(0);
        long there = sessions.opened().stream()
                .filter(session -> session.server().equals(emptied.address()))
                .count();
        assertThat(there).isBetween(1L, 5L);
        assertThat(proxy.shell(COMMAND + "end --node " + emptied.name()).orFail())
                .isEqualTo("ended " + there + (there == 1 ? " session" : " sessions") + " on " + emptied.name());
        Eventually.until("they have ended", DEADLINE, () -> sessions.ended().size() == there);
        assertThat(sessions.stop()).hasSize(6 - (int) there).noneMatch(session -> session.server()
                .equals(emptied.address()));
        String counted = proxy.shell("curl -s localhost:7000/metrics | grep -F"
                        + " 'ended_total{listener=\"replicas\",reason=\"ended_by_operator\"'")
                .orFail();
        assertThat((long) Double.parseDouble(counted.substring(counted.lastIndexOf(' ') + 1)))
                .isEqualTo(there);
    }

    /** The same question by the way that everybody has. */
    @Test
    void nobodyIsNamedOverTheNetwork() {
        Sessions sessions = open(5432, 1);
        String code = "curl -s -o /dev/null -w '%{http_code}' ct101:7000/api/v1/sessions";
        assertThat(cluster.client().shell(code).orFail()).isEqualTo("403");
        assertThat(cluster.client().shell(code + "/end -X POST").orFail()).isEqualTo("403");
        assertThat(cluster.client().shell("curl -s ct101:7000/api/v1/status").orFail())
                .doesNotContain(cluster.client().address());
        assertThat(sessions.stop()).hasSize(1);
    }

    @Test
    void wrongWordsGetAnAnswer() {
        Outcome unknown = proxy.shell(COMMAND + "end --node pg109");
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.err()).contains("there is no node of that name; there are pg102, pg103, pg104");
        assertThat(proxy.shell(COMMAND + "end").exitCode()).isEqualTo(2);
    }
}
