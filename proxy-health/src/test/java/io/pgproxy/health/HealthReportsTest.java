package io.pgproxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.health.decide.Announcement;
import io.pgproxy.health.decide.ClusterHealth;
import io.pgproxy.health.decide.Notices;
import io.pgproxy.health.decide.Outlook;
import io.pgproxy.health.decide.PatroniAnswerReader;
import io.pgproxy.health.decide.ProbeResult;
import io.pgproxy.health.decide.StoredFailover;
import io.pgproxy.health.stopwatch.Moment;
import io.pgproxy.health.stopwatch.Phase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What the stopwatch is told of announcements. */
class HealthReportsTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final NoticeLog log = new NoticeLog();
    private long now;
    private final FailoverWatch watch =
            new FailoverWatch(100, () -> now, () -> Instant.EPOCH, log, new FailoverMetrics(meters)::over);
    private final HealthReports reports =
            new HealthReports(new Notices(List.of()), log, new HealthMetrics(meters), watch);
    private Outlook outlook = Outlook.of(
            ClusterHealth.nothingKnown(
                    Settings.RELUCTANT, List.of("pg102"), Optional.empty(), Duration.ofMinutes(10), 0),
            0);

    private void moveTo(ClusterHealth cluster) {
        Outlook before = outlook;
        outlook = new Outlook(cluster, before.gates(), before.verdicts(), before.table());
        reports.moved(before, outlook, now);
    }

    private void announced(long atNanos, String candidate) {
        now = atNanos;
        StoredFailover failover =
                new StoredFailover(Optional.of("pg102"), Optional.of(candidate), OptionalLong.empty());
        moveTo(outlook.cluster()
                .withAnnouncement(Optional.of(new Announcement("pg102", failover, now, 5, false, false))));
    }

    @Test
    void anAnnouncementThatIsReplacedIsTimedAnew() {
        String body = "{\"role\": \"primary\", \"state\": \"running\", \"timeline\": 5}";
        var outcome = PatroniAnswerReader.read(200, body.getBytes(StandardCharsets.UTF_8));
        moveTo(outlook.cluster().after("pg102", new ProbeResult(outcome, Optional.empty(), now, now)));

        announced(10, "pg103");
        announced(100, "pg104");

        assertThat(watch.all()).singleElement().satisfies(failover -> assertThat(
                        failover.phases().get(Phase.ANNOUNCED))
                .extracting(Moment::nanos)
                .isEqualTo(100L));
    }
}
