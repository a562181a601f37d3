package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Without etcd Patroni demotes its primary, and nobody follows it. */
@ResourceLock("the faulted cluster")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NoPrimaryIT {
    private static final String NODES =
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
            """;

    private static final String PATIENT = NODES + "hold: 120s\n";
    /** Who was told early that TLS is granted cannot be told anything else any more (EarlyAnswerIT). */
    private static final String IMPATIENT = NODES + "hold: 3s\nsessions: {early-tls-answer: false}\n";

    private static final String URL = "postgresql://app:lab@ct101/app";

    @RegisterExtension
    static final SharedCluster CLUSTER = SharedCluster.faulted();

    private static Cluster cluster;
    private static Host patient;

    @BeforeAll
    static void loseEtcd() {
        cluster = CLUSTER.get();
        patient = cluster.startProxy("ct100", PATIENT);
        Host impatient = cluster.startProxy("ct101", IMPATIENT);
        cluster.host("etcd1").kill();
        Eventually.until("nobody is writable", Cluster.WHOLE_DEADLINE, () -> cluster.writable()
                .isEmpty());
        // Without sessions to miss the old primary, each learns of it from its next check, an interval later at most.
        Eventually.until("ct100 knows", Duration.ofSeconds(20), () -> hasNoPrimary(patient));
        Eventually.until("ct101 knows", Duration.ofSeconds(20), () -> hasNoPrimary(impatient));
    }

    @AfterAll
    static void mend() {
        CLUSTER.get().remove("ct100");
        CLUSTER.get().remove("ct101");
        CLUSTER.get().host("etcd1").boot();
        CLUSTER.get().awaitWhole();
    }

    /** The texts go to docs/drivers.md by hand: what a driver shows is a fact about the driver. */
    @Test
    @Order(1)
    void endOfTheHoldTellsEveryDriverWhatIsWrong() {
        String reason = "pgproxy: cluster \"main\": no primary: ";
        List<Attempt> attempts = List.of(
                new Attempt("psql", "sslmode=disable", psql(" sslmode=disable"), reason),
                new Attempt("psql", "default", psql(""), reason),
                new Attempt("psql", "sslmode=require", psql(" sslmode=require"), ""),
                new Attempt("pgjdbc", "sslmode=disable", pgjdbc("&sslmode=disable"), reason),
                new Attempt("pgjdbc", "default", pgjdbc(""), reason),
                new Attempt("pgjdbc", "sslmode=require", pgjdbc("&sslmode=require"), ""),
                new Attempt("psycopg", "sslmode=disable", python("psycopg", " sslmode=disable"), reason),
                new Attempt("psycopg", "default", python("psycopg", ""), reason),
                new Attempt("psycopg", "sslmode=require", python("psycopg", " sslmode=require"), ""),
                new Attempt("psycopg2", "default", python("psycopg2", ""), reason),
                new Attempt("asyncpg", "default", python("asyncpg", ""), ""),
                new Attempt("node-postgres", "default", nodePostgres(""), reason),
                new Attempt("node-postgres", "sslmode=require", nodePostgres("?sslmode=require"), ""),
                new Attempt("lib/pq", "sslmode=disable", go("pq", "?sslmode=disable"), reason),
                new Attempt("lib/pq", "default", go("pq", ""), ""),
                new Attempt("pgx", "sslmode=disable", go("pgx", "?sslmode=disable"), reason),
                new Attempt("pgx", "default", go("pgx", ""), reason),
                new Attempt("pgx", "sslmode=require", go("pgx", "?sslmode=require"), ""));

        List<Shown> shown = attempts.stream().map(Attempt::start).toList().stream()
                .map(Started::await)
                .toList();

        shown.forEach(System.out::println);
        assertThat(shown).allMatch(Shown::hasTheReason);
        assertThat(shown).noneMatch(Shown::ok);
    }

    @Test
    @Order(2)
    void parkedClientThatLeavesMakesNoBackendConnection() {
        long before = connections();
        Running leaves = waiting();
        Running stays = waiting();
        awaitParked(2);

        leaves.signal("KILL");
        awaitParked(1);
        cluster.host("etcd1").boot();
        stays.await(Duration.ofSeconds(90)).orFail();

        assertThat(connections()).isEqualTo(before + 1);
    }

    private static boolean hasNoPrimary(Host proxy) {
        return proxy.shell("curl -s -o /dev/null -w '%{http_code}' localhost:7000/readyz")
                .orFail()
                .equals("503");
    }

    /** From the patient proxy, as the three PostgreSQLs logged them. */
    private static long connections() {
        return cluster.postgresHosts().stream()
                .mapToLong(node -> Cluster.connectionsFrom(patient, node))
                .sum();
    }

    private static Running waiting() {
        return cluster.client().start("psql", "-XAt", "host=ct100 sslmode=disable", "-c", "select 1");
    }

    private static void awaitParked(int count) {
        Eventually.until("parked sessions", Duration.ofSeconds(10), () -> Cluster.parked(patient), is -> is == count);
    }

    private static List<String> psql(String more) {
        return List.of("psql", "-XAt", "host=ct101" + more, "-c", "select 1");
    }

    private static List<String> pgjdbc(String more) {
        return List.of(
                "java",
                "-cp",
                "/it/classes:/usr/share/java/postgresql.jar",
                "io.pgproxy.it.JdbcClient",
                "jdbc:postgresql://ct101/app?user=app&password=lab" + more);
    }

    private static List<String> nodePostgres(String more) {
        return List.of("node", "/it/ask.js", URL + more);
    }

    private static List<String> go(String driver, String more) {
        return List.of("ask-go", driver, URL + more);
    }

    private static List<String> python(String driver, String more) {
        String dsn = driver.equals("asyncpg") ? URL : "host=ct101" + more;
        return List.of("python3", "/it/ask.py", driver, dsn);
    }

    private record Attempt(String driver, String mode, List<String> command, String reason) {
        Started start() {
            return new Started(this, cluster.client().start(command.toArray(String[]::new)));
        }
    }

    private record Started(Attempt attempt, Running running) {
        Shown await() {
            return new Shown(attempt, running.await(Duration.ofSeconds(60)));
        }
    }

    private record Shown(Attempt attempt, Outcome outcome) {
        boolean ok() {
            return outcome.ok();
        }

        boolean hasTheReason() {
            return text().contains(attempt.reason());
        }

        String text() {
            return (outcome.out() + outcome.err()).replace('\n', ' ');
        }

        @Override
        public String toString() {
            return "| " + attempt.driver() + " | " + attempt.mode() + " | `" + text() + "` |";
        }
    }
}
