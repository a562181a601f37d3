package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.it.Sessions.Session;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * What becomes of sessions when their node changes, by their listener's policies, and what their clients hear of it. For
 * each policy there is a listener without it that sees the same, and for the words a proxy that says none.
 */
@ResourceLock("the faulted cluster")
class PoliciesIT {
    private static final String CONFIG =
            """
            nodes:
              - {name: pg102, host: pg102}
              - {name: pg103, host: pg103}
              - {name: pg104, host: pg104}
            listeners:
              - {name: primary, bind: "*:5432", route: primary}
              - {name: closes, bind: "*:6001", route: replica, fallback: none}
              - {name: keeps, bind: "*:6002", route: replica, fallback: none, on-promotion: keep}
              - {name: drains, bind: "*:6003", route: replica, fallback: none, on-promotion: drain, drain-for: 5s}
              - {name: returns, bind: "*:6004", route: replica, required-tags: {zone: a}, fallback-return: 5/s}
              - {name: remains, bind: "*:6005", route: replica, required-tags: {zone: a}}
              - {name: moves, bind: "*:6006", route: replica, fallback: none, max-lag: 16MB, drain-for: 5s}
              - {name: stays, bind: "*:6007", route: replica, fallback: none, max-lag: 16MB, on-lag: keep}
            """;
    private static final Duration SOON = Duration.ofSeconds(60);

    @RegisterExtension
    static final SharedCluster CLUSTER = SharedCluster.faulted();

    private static Cluster cluster;

    @BeforeAll
    static void start() {
        cluster = CLUSTER.get();
        cluster.startProxy("ct100", CONFIG);
        cluster.startProxy("ct101", CONFIG + "sessions: {farewell: false}\n");
    }

    @AfterAll
    static void stop() {
        CLUSTER.get().remove("ct100");
        CLUSTER.get().remove("ct101");
    }

    @Test
    void promotionEndsDrainsOrKeepsReadersAsTheirListenerSays() {
        Host next = cluster.replicas().get(0);
        Sessions closed = open("ct100", 6001);
        Sessions closedSilently = open("ct101", 6001);
        Sessions kept = open("ct100", 6002);
        Sessions drained = open("ct100", 6003);

        cluster.switchover(cluster.primary(), next);

        awaitEnd(closed, on(next, closed));
        awaitEnd(closedSilently, on(next, closedSilently));
        assertThat(ended(drained)).doesNotContainAnyElementsOf(on(next, drained));
        awaitEnd(drained, on(next, drained));
        assertThat(errors(closed))
                .anyMatch(error -> error.contains(
                        "pgproxy: cluster \"main\": the session on " + next.name() + " ends, role lost: "));
        assertThat(errors(drained))
                .anyMatch(error -> error.contains("ends, drained: " + next.name() + " had no new sessions for 5s: "));
        assertThat(errors(closedSilently)).noneMatch(error -> error.contains("pgproxy"));
        Set<Integer> onNext = on(next, kept);
        assertThat(numbers(kept.stop())).containsAll(onNext);
        closed.stop();
        closedSilently.stop();
        drained.stop();
        cluster.awaitWhole();
    }

    @Test
    void readsThatFellBackReturnWhereTheListenerLetsThem() {
        Host primary = cluster.primary();
        Host replica = cluster.replicas().get(0);
        Sessions returning = open("ct100", 6004);
        Sessions remaining = open("ct100", 6005);
        assertThat(returning.opened()).extracting(Session::server).containsOnly(primary.address());

        tag(replica, "zone: a");
        try {
            returning.awaitAllEnded();
            assertThat(errors(returning)).anyMatch(error -> error.contains("ends, fallback return"));
            try (Crowd again = Crowd.come(cluster.client(), dsn("ct100", 6004), 2)) {
                assertThat(again.servers()).containsOnly(replica.address());
            }
            assertThat(remaining.stop()).hasSize(4).extracting(Session::server).containsOnly(primary.address());
        } finally {
            tag(replica, "");
        }
    }

    @Test
    void lagDrainsReadersWhereADrainHasAnEnd() {
        Host primary = cluster.primary();
        Host late = cluster.replicas().get(0);
        Sessions moving = open("ct100", 6006);
        Sessions staying = open("ct100", 6007);
        signalReplay(late, "STOP");
        try {
            primary.sql("create table if not exists ballast (filling text)");
            primary.sql("insert into ballast select repeat('x', 2000) from generate_series(1, 20000)");

            awaitEnd(moving, on(late, moving));
            moving.stop();
            assertThat(numbers(staying.stop())).containsAll(on(late, staying));
        } finally {
            signalReplay(late, "CONT");
            primary.sql("drop table if exists ballast");
        }
    }

    /** A pause of the replay, or a delay, is undone by Patroni's next look; a process that hangs is not. */
    private static void signalReplay(Host node, String signal) {
        node.run("pkill", "-" + signal, "-f", "postgres: .*startup recovering").orFail();
    }

    /** Two on each replica. */
    private static Sessions open(String proxy, int port) {
        return Sessions.open(cluster.client(), dsn(proxy, port), 4);
    }

    private static String dsn(String proxy, int port) {
        return "host=" + proxy + " sslmode=disable port=" + port;
    }

    private static Set<Integer> on(Host node, Sessions sessions) {
        Set<Integer> there = numbers(sessions.opened().stream()
                .filter(session -> session.server().equals(node.address()))
                .toList());
        assertThat(there).as("sessions on " + node.name()).isNotEmpty();
        return there;
    }

    private static Set<Integer> ended(Sessions sessions) {
        return numbers(sessions.ended());
    }

    private static Set<Integer> numbers(List<Session> sessions) {
        return sessions.stream().map(Session::number).collect(Collectors.toSet());
    }

    private static List<String> errors(Sessions sessions) {
        return sessions.ended().stream().map(Session::error).toList();
    }

    private static void awaitEnd(Sessions sessions, Set<Integer> those) {
        Eventually.until(
                "sessions " + those + " have ended",
                SOON,
                () -> ended(sessions).containsAll(those),
                () -> "\n" + cluster.host("ct100").log());
    }

    /** Patroni reads its tags again when it is asked to. */
    private static void tag(Host node, String tags) {
        node.shell("sed -i 's/^tags:.*/tags: {" + tags + "}/' /etc/patroni/patroni.yml"
                        + " && curl -sf -X POST localhost:8008/reload")
                .orFail();
    }
}
