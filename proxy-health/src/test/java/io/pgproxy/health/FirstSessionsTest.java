package io.pgproxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.health.decide.ClusterHealth;
import io.pgproxy.health.decide.PatroniAnswerReader;
import io.pgproxy.health.decide.ProbeResult;
import io.pgproxy.health.stopwatch.Phase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How many tasks control is handed for sessions that wait and are answered. */
class FirstSessionsTest {
    private long now;
    private final Deque<Runnable> control = new ArrayDeque<>();
    /** Happens on a relay thread while control is about to look at its clock. */
    private Runnable meanwhile = () -> {};

    private final FailoverWatch watch = watch(100);
    private final FirstSessions sessions = new FirstSessions(control::add, watch);
    private ClusterHealth cluster = ClusterHealth.nothingKnown(
            Settings.RELUCTANT, List.of("pg102", "pg103"), Optional.empty(), Duration.ofMinutes(10), 0);

    private FailoverWatch watch(int kept) {
        return new FailoverWatch(
                kept,
                this::clock,
                () -> Instant.EPOCH,
                new NoticeLog(),
                new FailoverMetrics(new SimpleMeterRegistry())::over);
    }

    private long clock() {
        Runnable once = meanwhile;
        meanwhile = () -> {};
        once.run();
        return now;
    }

    private void hears(String node, int status, String role, int timeline) {
        String body = "{\"role\": \"" + role + "\", \"state\": \"running\", \"timeline\": " + timeline + "}";
        var outcome = PatroniAnswerReader.read(status, body.getBytes(StandardCharsets.UTF_8));
        cluster = cluster.after(node, new ProbeResult(outcome, Optional.empty(), now, now));
        watch.moved(cluster);
    }

    private void controlTakesItsTurn() {
        while (!control.isEmpty()) {
            control.remove().run();
        }
    }

    private void announcedAndWaitedFor() {
        hears("pg102", 200, "primary", 5);
        watch.announced();
        sessions.parked(now);
        controlTakesItsTurn();
    }

    @Test
    void tenThatWaitAreOneTask() {
        hears("pg102", 200, "primary", 5);
        for (int n = 0; n < 10; n++) {
            sessions.parked(now);
        }
        assertThat(control).hasSize(1);
    }

    /** As after an announcement that was long ago: the old primary serves on, which ends nothing. */
    @Test
    void tenThatTheOldPrimaryServesMeanwhileAreNoTask() {
        announcedAndWaitedFor();
        for (int n = 0; n < 10; n++) {
            sessions.served("pg102", now);
        }
        assertThat(control).isEmpty();
    }

    @Test
    void tenThatTheNewPrimaryServesAreOneTask() {
        announcedAndWaitedFor();
        hears("pg102", 503, "replica", 5);
        hears("pg103", 200, "primary", 6);
        for (int n = 0; n < 10; n++) {
            sessions.served("pg103", now);
        }
        assertThat(control).hasSize(1);
        controlTakesItsTurn();
        assertThat(watch.all().get(0).phases()).containsKey(Phase.FIRST_BYTE);
        sessions.served("pg103", now);
        assertThat(control).isEmpty();
    }

    @Test
    void anAnswerThatFollowsAWaitIsHandedOverBehindIt() {
        hears("pg102", 200, "primary", 5);
        sessions.parked(now);
        sessions.served("pg102", now);
        assertThat(control).hasSize(2);
        controlTakesItsTurn();
        assertThat(watch.knowsWhoWaits()).isFalse();
    }

    @Test
    void anAnswerThatComesWhileControlTakesTheWaitInIsHandedOverToo() {
        hears("pg102", 200, "primary", 5);
        sessions.parked(now);
        meanwhile = () -> sessions.served("pg102", now);
        controlTakesItsTurn();
        assertThat(watch.knowsWhoWaits()).isFalse();
    }

    @Test
    void whereNoFailoverIsKeptThereIsNoTask() {
        FirstSessions idle = new FirstSessions(control::add, watch(0));
        idle.parked(now);
        idle.served("pg102", now);
        assertThat(control).isEmpty();
    }
}
