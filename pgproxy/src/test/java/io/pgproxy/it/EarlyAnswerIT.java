package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Drivers that ask for TLS and have to wait, by a proxy that answers them early and by one that does not. Nothing
 * happens to the databases: the proxies lose sight of Patroni, and so have nobody to send sessions to.
 */
@ResourceLock("the faulted cluster")
class EarlyAnswerIT {
    private static final String WITH =
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
            health: {interval: 500ms, timeout: 500ms, stale-after: 1s}
            """;

    private static final String WITHOUT = WITH + "sessions: {early-tls-answer: false}\n";

    private static final String HOW =
            "select case when ssl then 'TLS' else 'plaintext' end" + " from pg_stat_ssl where pid = pg_backend_pid()";

    @RegisterExtension
    static final SharedCluster CLUSTER = SharedCluster.faulted();

    private static Cluster cluster;
    private static Host with;
    private static Host without;

    @BeforeAll
    static void start() {
        cluster = CLUSTER.get();
        with = cluster.startProxy("ct100", WITH);
        without = cluster.startProxy("ct101", WITHOUT);
        psycopg(with, "require").await(Duration.ofSeconds(30)).orFail(); // and so everybody's answer is wanted
        Eventually.until("the answer of each node is known", Duration.ofSeconds(30), () -> with.shell(
                        "curl -s localhost:7000/metrics | grep -c '^pgproxy_node_tls{.*} 1.0$'")
                .out()
                .equals("3"));
    }

    @AfterAll
    static void stop() {
        CLUSTER.get().remove("ct100");
        CLUSTER.get().remove("ct101");
    }

    /** Those that have a clock for the answer to their request for TLS are lost without it, and no others. */
    @Test
    void driversWaitForTwentySecondsWithTls() {
        loseSight();
        Map<String, Running> left = everyDriver(without);
        Map<String, Running> answeredEarly = everyDriver(with);
        awaitParked(with, answeredEarly.size());

        passTime(Duration.ofSeconds(20));
        regainSight();

        assertThat(answers(answeredEarly))
                .allSatisfy((driver, answer) -> assertThat(answer).as(driver).isEqualTo("served by TLS"));
        Map<String, String> others = answers(left);
        assertThat(others.remove("pgjdbc require")).isNotBlank().doesNotContain("served");
        assertThat(others.remove("pgjdbc prefer")).isNotBlank().doesNotContain("served");
        assertThat(others)
                .allSatisfy((driver, answer) -> assertThat(answer).as(driver).isEqualTo("served by TLS"));
    }

    @Test
    void pgjdbcWaitsForEightSecondsWithItsDefaults() {
        loseSight();
        List<Running> answeredEarly = List.of(pgjdbc(with, "sslmode=require"), pgjdbc(with, "sslmode=prefer"));
        List<Running> left = List.of(pgjdbc(without, "sslmode=require"), pgjdbc(without, "sslmode=prefer"));
        awaitParked(with, answeredEarly.size());

        passTime(Duration.ofSeconds(8));
        regainSight();

        assertThat(answeredEarly)
                .extracting(running -> running.await(Duration.ofSeconds(60)).orFail())
                .containsOnly("served by TLS");
        assertThat(left)
                .extracting(running -> running.await(Duration.ofSeconds(60)).out())
                .allSatisfy(answer -> assertThat(answer).isNotBlank().doesNotContain("served"));
    }

    private static void loseSight() {
        for (Host proxy : List.of(with, without)) {
            proxy.run("iptables", "-I", "OUTPUT", "-p", "tcp", "--dport", "8008", "-j", "DROP")
                    .orFail();
            Eventually.until(proxy.name() + " has no primary", Duration.ofSeconds(20), () -> !proxy.run(
                            "curl", "-sf", "http://localhost:7000/readyz")
                    .ok());
        }
    }

    private static void regainSight() {
        for (Host proxy : List.of(with, without)) {
            proxy.run("iptables", "-D", "OUTPUT", "-p", "tcp", "--dport", "8008", "-j", "DROP")
                    .orFail();
        }
    }

    private static void awaitParked(Host proxy, int count) {
        Eventually.until("parked sessions", Duration.ofSeconds(30), () -> Cluster.parked(proxy), is -> is == count);
    }

    /** With TLS required and, where the driver knows the word, preferred; pgjdbc's clocks are 10 s and 5 s else. */
    private static Map<String, Running> everyDriver(Host proxy) {
        Map<String, Running> running = new LinkedHashMap<>();
        for (String sslmode : List.of("require", "prefer")) {
            running.put("pgjdbc " + sslmode, pgjdbc(proxy, "sslmode=" + sslmode + "&connectTimeout=30"));
            running.put("psycopg " + sslmode, psycopg(proxy, sslmode));
            running.put("asyncpg " + sslmode, asyncpg(proxy, sslmode));
            running.put("node-postgres " + sslmode, nodePostgres(proxy, sslmode));
            running.put("pgx " + sslmode, go("pgx", proxy, sslmode));
        }
        running.put("lib/pq require", go("pq", proxy, "require"));
        return running;
    }

    /** Waits for the end of each: what it has printed, an error too. */
    private static Map<String, String> answers(Map<String, Running> running) {
        Map<String, String> answers = new LinkedHashMap<>();
        running.forEach((driver, one) ->
                answers.put(driver, one.await(Duration.ofSeconds(60)).out()));
        return answers;
    }

    /** How long a driver has to wait is what this is about. */
    private static void passTime(Duration time) {
        long start = System.nanoTime();
        Eventually.until(
                time.toSeconds() + " s have passed",
                time.plusSeconds(5),
                () -> System.nanoTime() - start >= time.toNanos());
    }

    private static Running psycopg(Host proxy, String sslmode) {
        return python("psycopg", "host=" + proxy.name() + " sslmode=" + sslmode);
    }

    private static Running asyncpg(Host proxy, String sslmode) {
        return python("asyncpg", url(proxy, sslmode));
    }

    /** It trusts no authority but those that it is told of. */
    private static Running nodePostgres(Host proxy, String sslmode) {
        return start("node", "/it/ask.js", url(proxy, sslmode) + "&sslrootcert=/lab/tls/ca.crt", HOW);
    }

    private static Running go(String driver, Host proxy, String sslmode) {
        return start("ask-go", driver, url(proxy, sslmode), HOW);
    }

    private static String url(Host proxy, String sslmode) {
        return "postgresql://app:lab@" + proxy.name() + "/app?sslmode=" + sslmode;
    }

    private static Running python(String driver, String dsn) {
        return start("python3", "/it/ask.py", driver, dsn, HOW);
    }

    private static Running pgjdbc(Host proxy, String parameters) {
        return start(
                "java",
                "-cp",
                "/it/classes:/usr/share/java/postgresql.jar",
                "io.pgproxy.it.JdbcClient",
                "jdbc:postgresql://" + proxy.name() + "/app?user=app&password=lab&" + parameters,
                HOW);
    }

    /** With the driver's own patience, and not the one that the client host gives to all. */
    private static Running start(String... command) {
        List<String> whole = new ArrayList<>(List.of("env", "--unset=PGCONNECT_TIMEOUT"));
        whole.addAll(List.of(command));
        return cluster.client().start(whole.toArray(String[]::new));
    }
}
