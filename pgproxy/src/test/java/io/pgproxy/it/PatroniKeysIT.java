package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.it.Openings.Opening;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * What is heard of Patroni's keys in etcd, beside a proxy that does not listen to them. Both ask the nodes so rarely that
 * within a test nobody is asked without a reason.
 */
@ResourceLock("the faulted cluster")
class PatroniKeysIT {
    private static final String CONFIG =
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
            health: {interval: 1m, stale-after: 10m}
            etcd: {endpoints: ["http://etcd1:2379"]}
            patroni: {scope: main, watch: %s, announce-hold: 1m}
            """;

    /** In which a proxy that asks every minute has asked. */
    private static final Duration DEADLINE = Duration.ofSeconds(90);

    /** Several times as long as without anything that holds it. */
    private static final Duration CHECKPOINT = Duration.ofSeconds(30);

    @RegisterExtension
    static final SharedCluster CLUSTER = SharedCluster.faulted();

    private Cluster cluster;
    private Host listening;

    /** For each test, since announcements rest for three minutes with a hold of one. */
    @BeforeEach
    void startListening() {
        cluster = CLUSTER.get();
        listening = cluster.startProxy("ct100", CONFIG.formatted("true"));
        awaitStore("watching");
    }

    /** For who wants to compare; by its start it has just asked everybody. */
    private Host startDeaf() {
        return cluster.startProxy("ct101", CONFIG.formatted("false"));
    }

    @AfterEach
    void stop() {
        cluster.remove("ct100");
        cluster.remove("ct101");
    }

    private static String status(Host proxy, String jq) {
        return proxy.shell("curl -s localhost:7000/api/v1/status | jq -r '" + jq + "'")
                .orFail();
    }

    private void awaitStore(String state) {
        Eventually.until(
                "Patroni's keys are " + state,
                DEADLINE,
                () -> status(listening, ".cluster.store.state"),
                state::equals,
                () -> "\n" + listening.log());
    }

    /** No session came by either of them, so that nothing but etcd tells them that something has happened. */
    @Test
    void aSwitchoverIsHeardOfBeforeAnybodyIsDueToBeAsked() {
        Host deaf = startDeaf();
        Host old = cluster.primary();
        Host next = cluster.replicas().get(0);
        Eventually.until(
                "the proxy that is deaf has just asked everybody, and knows the primary",
                DEADLINE,
                () -> status(deaf, ".cluster.primary + \" \" + ([.nodes[].answer.age_seconds] | max < 10 | tostring)")
                        .equals(old.name() + " true"));
        String asked = status(deaf, ".cluster.routing_table_version");

        cluster.switchover(old, next);

        Eventually.until(
                "writes go to " + next.name(),
                DEADLINE,
                () -> status(listening, ".cluster.primary"),
                next.name()::equals,
                () -> "\n" + listening.log());
        assertThat(status(deaf, ".cluster.primary + \" \" + (.cluster.routing_table_version | tostring)"))
                .isEqualTo(old.name() + " " + asked);
        assertThat(status(deaf, ".cluster.store")).isEqualTo("null");
        Opening opening = Openings.start(cluster.client(), "host=ct100", 1, Duration.ofMillis(1))
                .await()
                .get(0);
        assertThat(opening.ok()).as(opening.error()).isTrue();
        assertThat(opening.server()).isEqualTo(next.address());
        cluster.awaitWhole();
    }

    private void write(String failover) {
        cluster.client()
                .run("etcdctl", "--endpoints", "http://etcd1:2379", "put", "/service/main/failover", failover)
                .orFail();
    }

    private static String waiting(Host proxy) {
        return status(proxy, ".listeners[] | select(.name == \"primary\") | .targets.waiting_because");
    }

    /** The leader's Patroni sleeps, so that nobody begins the switchover, and nobody clears the key. */
    @Test
    void anAnnouncedSwitchoverMakesNewSessionsWaitUntilItIsCalledOff() {
        Host deaf = startDeaf();
        Host primary = cluster.primary();
        Eventually.until("the primary is known", DEADLINE, () -> status(listening, ".cluster.primary")
                .equals(primary.name()));
        primary.signal("stop", "patroni");
        try {
            write("{\"leader\":\"" + primary.name() + "\"}");

            Eventually.until(
                    "new sessions wait", DEADLINE, () -> waiting(listening).equals(heldFor(primary)));
            assertThat(waiting(deaf)).isEqualTo("null");
            write("{}");
            Eventually.until("they go on", Duration.ofSeconds(20), () -> waiting(listening)
                    .equals("null"));
        } finally {
            write("{}");
            primary.signal("cont", "patroni");
        }
        cluster.awaitWhole();
    }

    private static String heldFor(Host primary) {
        return "no primary: " + primary.name() + " is to hand over, says Patroni's key failover in etcd";
    }

    private Opening open(String proxy) {
        return Openings.start(cluster.client(), "host=" + proxy, 1, Duration.ofMillis(1))
                .await()
                .get(0);
    }

    /** The candidate does not answer: Patroni looks, goes on with the old leader, and clears the key. */
    @Test
    void aSwitchoverToWhoIsNotFitHoldsNewSessionsUntilPatroniDropsIt() {
        Host primary = cluster.primary();
        Host next = cluster.replicas().get(0);
        Eventually.until("the primary is known", DEADLINE, () -> status(listening, ".cluster.primary")
                .equals(primary.name()));
        next.signal("stop", "patroni");
        try {
            write("{\"leader\":\"" + primary.name() + "\",\"member\":\"" + next.name() + "\"}");
            Eventually.until("it is heard of", DEADLINE, () -> listening
                    .log()
                    .contains("new sessions wait, " + heldFor(primary)));

            Opening opening = open("ct100");

            assertThat(opening.ok()).as(opening.error()).isTrue();
            assertThat(opening.server()).isEqualTo(primary.address());
            assertThat(opening.seconds()).isLessThan(20);
            assertThat(waiting(listening)).isEqualTo("null");
        } finally {
            write("{}");
            next.signal("cont", "patroni");
        }
        cluster.awaitWhole();
    }

    private Running beginSwitchover(Host from, Host to) {
        return Eventually.until(
                "Patroni begins with it, and does not find it too soon",
                DEADLINE,
                () -> {
                    Running asked = cluster.client()
                            .start(
                                    "patronictl",
                                    "-c",
                                    "/etc/patroni/patronictl.yml",
                                    "switchover",
                                    "main",
                                    "--leader",
                                    from.name(),
                                    "--candidate",
                                    to.name(),
                                    "--force");
                    Eventually.until(
                            "it is announced or refused",
                            Duration.ofSeconds(30),
                            () -> waiting(listening).equals(heldFor(from)) || asked.hasEnded());
                    return asked;
                },
                asked -> !asked.hasEnded());
    }

    /**
     * Patroni has the old primary write a checkpoint before it ends. Whoever writes it sleeps for a while, and the old
     * primary serves on: who comes by the proxy that does not listen is let in there, and ended in the end.
     */
    @Test
    void whoComesDuringALongCheckpointIsServedByTheNextPrimary() {
        Host deaf = startDeaf();
        Host old = cluster.primary();
        Host next = cluster.replicas().get(0);
        Eventually.until(
                "the primary is known",
                DEADLINE,
                () -> status(listening, ".cluster.primary").equals(old.name())
                        && status(deaf, ".cluster.primary").equals(old.name()));
        String checkpointer = old.sql("select pid from pg_stat_activity where backend_type = 'checkpointer'");
        old.run("kill", "-STOP", checkpointer).orFail();
        Running asked;
        Openings openings;
        try {
            asked = beginSwitchover(old, next);
            long begunNanos = System.nanoTime();
            openings = Openings.start(cluster.client(), "host=ct100", 1, Duration.ofMillis(1));
            Opening unheld = open("ct101");
            assertThat(unheld.ok()).as(unheld.error()).isTrue();
            assertThat(unheld.server()).isEqualTo(old.address());
            Eventually.until(
                    "the checkpoint takes its time",
                    DEADLINE,
                    () -> System.nanoTime() - begunNanos > CHECKPOINT.toNanos());
            assertThat(openings.over()).as("nobody was let in meanwhile").isEmpty();
        } finally {
            old.run("kill", "-CONT", checkpointer).orFail();
        }

        Opening opening = openings.await().get(0);
        assertThat(opening.ok()).as(opening.error()).isTrue();
        assertThat(opening.server()).isEqualTo(next.address());
        assertThat(opening.seconds()).isGreaterThan(CHECKPOINT.toSeconds() - 2.0);
        asked.await(DEADLINE);
        cluster.awaitWhole();
    }

    @Test
    void aSwitchoverForLaterDoesNothing() {
        Host primary = cluster.primary();
        Host next = cluster.replicas().get(0);
        int before = Integer.parseInt(status(listening, ".cluster.store.changes"));
        cluster.patronictl(
                        "switchover",
                        "main",
                        "--leader",
                        primary.name(),
                        "--candidate",
                        next.name(),
                        "--scheduled",
                        "2099-01-01T00:00:00+00:00",
                        "--force")
                .orFail();
        try {
            Eventually.until(
                    "it is heard of",
                    DEADLINE,
                    () -> Integer.parseInt(status(listening, ".cluster.store.changes")) > before);

            assertThat(Openings.start(cluster.client(), "host=ct100", 20, Duration.ofMillis(50))
                            .await())
                    .allMatch(Opening::ok)
                    .allMatch(opening -> opening.seconds() < 10);
            assertThat(waiting(listening)).isEqualTo("null");
        } finally {
            cluster.patronictl("flush", "main", "switchover", "--force").orFail();
        }
    }

    /** In a pause, so that Patroni itself changes nothing when etcd is away. */
    @Test
    void anEtcdThatIsLostTakesNoRouteAway() {
        Host primary = cluster.primary();
        Eventually.until("the primary is known", DEADLINE, () -> status(listening, ".cluster.primary")
                .equals(primary.name()));
        cluster.patronictl("pause", "main", "--wait").orFail();
        try {
            cluster.host("etcd1").kill();
            awaitStore("lost");

            assertThat(Openings.start(cluster.client(), "host=ct100", 20, Duration.ofMillis(50))
                            .await())
                    .allMatch(Opening::ok)
                    .extracting(Opening::server)
                    .containsOnly(primary.address());
        } finally {
            cluster.host("etcd1").boot();
            Eventually.until(
                    "the pause is over", Cluster.WHOLE_DEADLINE, () -> cluster.patronictl("resume", "main", "--wait")
                            .ok());
        }
        awaitStore("watching");
        cluster.awaitWhole();
    }
}
