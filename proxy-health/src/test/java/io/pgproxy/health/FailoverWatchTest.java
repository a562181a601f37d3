package io.pgproxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.health.decide.ClusterHealth;
import io.pgproxy.health.decide.PatroniAnswerReader;
import io.pgproxy.health.decide.ProbeResult;
import io.pgproxy.health.stopwatch.Failover;
import io.pgproxy.health.stopwatch.Phase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is told of a failover, and when. */
class FailoverWatchTest {
    private static final Instant START = Instant.parse("2026-11-23T20:14:50Z");

    private final LogLines lines = LogLines.of(NoticeLog.class);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private long now;
    private final FailoverWatch watch = new FailoverWatch(
            100, () -> now, () -> START.plusNanos(now), new NoticeLog(), new FailoverMetrics(meters)::over);
    private ClusterHealth cluster = ClusterHealth.nothingKnown(
            Settings.RELUCTANT, List.of("pg102", "pg103"), Optional.empty(), Duration.ofMinutes(10), 0);

    @AfterEach
    void stop() {
        lines.close();
    }

    private void hears(double second, String node, int status, String role, int timeline) {
        now = nanos(second);
        String body = "{\"role\": \"" + role + "\", \"state\": \"running\", \"timeline\": " + timeline + "}";
        var outcome = PatroniAnswerReader.read(status, body.getBytes(StandardCharsets.UTF_8));
        cluster = cluster.after(node, new ProbeResult(outcome, Optional.empty(), now, now));
        watch.moved(cluster);
    }

    private static long nanos(double seconds) {
        return (long) (seconds * 1e9);
    }

    private void failover() {
        hears(0, "pg102", 200, "primary", 5);
        now = nanos(8);
        watch.announced();
        hears(9, "pg102", 503, "replica", 5);
        watch.leaderKey("pg103");
        hears(10, "pg103", 200, "primary", 6);
    }

    private Timer phase(Phase phase) {
        return meters.get("pgproxy.failover.phase").tag("phase", phase.label()).timer();
    }

    private double failovers(String announced) {
        return meters.get("pgproxy.failovers")
                .tag("announced", announced)
                .counter()
                .count();
    }

    @Test
    void sentenceIsWrittenWithTheFirstByte() {
        failover();
        assertThat(lines.texts()).isEmpty();

        now = nanos(10.5);
        watch.served("pg103", nanos(10.25));
        assertThat(lines.texts())
                .containsExactly(
                        "INFO failover 1, pg102 to pg103, began at 2026-11-23 20:14:59.000 UTC"
                                + " (announced 1.000 s before): pg102 lost at once (/primary 503, role replica (was primary)),"
                                + " new leader key at once, pg103 verified after 1.000 s, first byte to a client after 1.250 s");
    }

    @Test
    void wallClockOfTheFirstWhoWaitedIsTheirsAndNotOfTheHop() {
        hears(0, "pg102", 200, "primary", 5);
        now = nanos(3);
        watch.parked(nanos(1));
        hears(9, "pg102", 503, "replica", 5);

        assertThat(watch.all().get(0).began().epochMillis())
                .isEqualTo(START.plusSeconds(1).toEpochMilli());
    }

    @Test
    void figuresTellOfThosePhasesThatWereReached() {
        failover();
        watch.served("pg103", nanos(10));

        assertThat(failovers("true")).isEqualTo(1);
        assertThat(failovers("false")).isZero();
        assertThat(phase(Phase.VERIFIED).totalTime(TimeUnit.MILLISECONDS)).isEqualTo(1_000);
        assertThat(phase(Phase.ANNOUNCED).totalTime(TimeUnit.MILLISECONDS)).isEqualTo(1_000);
        assertThat(phase(Phase.PARKED).count()).isZero();
    }

    @Test
    void unannouncedOnesAreCountedApart() {
        hears(0, "pg102", 200, "primary", 5);
        hears(9, "pg103", 200, "primary", 6);
        watch.served("pg103", now);

        assertThat(failovers("false")).isEqualTo(1);
    }

    @Test
    void withdrawnAnnouncementIsNotCounted() {
        hears(0, "pg102", 200, "primary", 5);
        watch.announced();
        watch.withdrawn();
        hears(9, "pg103", 200, "primary", 6);

        assertThat(watch.all()).singleElement().matches(change -> !change.has(Phase.ANNOUNCED));
    }

    @Test
    void withoutAClientItEndsByTime() {
        failover();
        now = nanos(70);
        watch.moved(cluster);

        assertThat(lines.texts()).singleElement().asString().endsWith("; no client came");
    }

    @Test
    void nextSessionMattersOnlyWhileItIsWaitedFor() {
        hears(0, "pg102", 200, "primary", 5);
        assertThat(watch.awaitsClient()).isFalse();
        failover();
        assertThat(watch.awaitsClient()).isTrue();
        watch.served("pg103", now);
        assertThat(watch.awaitsClient()).isFalse();
    }

    @Test
    void firstSessionsAloneReachTheControlThread() {
        List<Runnable> handed = new java.util.ArrayList<>();
        FirstSessions first = new FirstSessions(handed::add, watch);

        first.served("pg102", 0);
        first.parked(1);
        first.parked(2);
        handed.remove(0).run();
        first.parked(2);
        assertThat(handed).isEmpty();

        first.served("pg102", 3);
        handed.remove(0).run();
        first.served("pg102", 4);
        assertThat(handed).isEmpty();
    }

    /** The first who waits again must be heard of again. */
    @Test
    void whoWaitsAfterAFailoverThatNobodyCameToIsHeardOf() {
        FirstSessions first = new FirstSessions(Runnable::run, watch);
        hears(0, "pg102", 200, "primary", 5);
        first.parked(now);
        failover();
        hears(70, "pg103", 200, "primary", 6);
        assertThat(watch.awaitsClient()).isFalse();

        first.parked(now);

        assertThat(watch.knowsWhoWaits()).isTrue();
    }

    @Test
    void firstAnswerAfterAChangeReachesTheControlThreadThoughNobodyWaited() {
        FirstSessions first = new FirstSessions(Runnable::run, watch);
        failover();

        first.served("pg103", now);

        assertThat(watch.all()).singleElement().matches(Failover::over);
    }
}
