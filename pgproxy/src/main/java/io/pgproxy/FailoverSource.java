package io.pgproxy;

import io.pgproxy.health.stopwatch.Failover;
import io.pgproxy.health.stopwatch.FailoverText;
import io.pgproxy.health.stopwatch.Moment;
import io.pgproxy.status.FailoverReport;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/** Puts what health has recorded of failovers into a report. Safe from any thread. */
final class FailoverSource implements Supplier<FailoverReport> {
    private final int kept;
    private final Supplier<List<Failover>> failovers;

    /** @param kept how many are kept at most; 0 where none is timed */
    FailoverSource(int kept, Supplier<List<Failover>> failovers) {
        this.kept = kept;
        this.failovers = failovers;
    }

    @Override
    public FailoverReport get() {
        return new FailoverReport(
                kept, failovers.get().stream().map(FailoverSource::report).toList());
    }

    private static FailoverReport.Failover report(Failover failover) {
        Moment began = failover.began();
        return new FailoverReport.Failover(
                failover.number(),
                failover.from(),
                failover.to().orElse(null),
                failover.over(),
                failover.why(),
                Instant.ofEpochMilli(began.epochMillis()).toString(),
                failover.phases().entrySet().stream()
                        .map(phase -> new FailoverReport.Phase(
                                phase.getKey().label(), seconds(phase.getValue().nanosSince(began))))
                        .toList(),
                FailoverText.of(failover));
    }

    /** To the millisecond; more digits would only be noise in the JSON. */
    private static double seconds(long nanos) {
        return Math.round(nanos / 1e6) / 1e3;
    }
}
