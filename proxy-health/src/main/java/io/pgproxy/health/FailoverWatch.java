package io.pgproxy.health;

import io.pgproxy.health.decide.ClusterHealth;
import io.pgproxy.health.decide.NodeView;
import io.pgproxy.health.decide.Notice;
import io.pgproxy.health.stopwatch.Failover;
import io.pgproxy.health.stopwatch.FailoverText;
import io.pgproxy.health.stopwatch.Moment;
import io.pgproxy.health.stopwatch.Stopwatch;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Tells the {@link Stopwatch} what happens, and people what came of it, unless it is switched off. Confined to the
 * control thread; {@link #isOn}, {@link #all}, {@link #awaitsClient}, {@link #awaitsAnswer} and {@link #knowsWhoWaits}
 * are safe from any.
 */
final class FailoverWatch {
    private static final String ABOUT = "failover";

    private final LongSupplier clock;
    private final InstantSource wallClock;
    private final NoticeLog log;
    private final Consumer<Failover> metrics;
    private final boolean on;
    /** Written by the control thread, read by any. */
    private volatile Stopwatch stopwatch;

    /**
     * Nothing is known yet.
     *
     * @param kept how many are kept; with 0 none is timed, and nobody is told anything
     * @param metrics takes each that is over
     */
    FailoverWatch(int kept, LongSupplier clock, InstantSource wallClock, NoticeLog log, Consumer<Failover> metrics) {
        this.on = kept > 0;
        this.stopwatch = Stopwatch.nothingKnown(kept);
        this.clock = clock;
        this.wallClock = wallClock;
        this.log = log;
        this.metrics = metrics;
    }

    /** Whether any time is taken at all. */
    boolean isOn() {
        return on;
    }

    /** Those that are kept, the newest first. */
    List<Failover> all() {
        return stopwatch.all();
    }

    /** Whether the next session that is answered by the primary matters. */
    boolean awaitsClient() {
        return stopwatch.awaitsClient();
    }

    /** Whether the next session that is answered, by whomever, tells something new. */
    boolean awaitsAnswer() {
        return stopwatch.awaitsAnswer();
    }

    /** Whether one more session that waits would tell nothing new. */
    boolean knowsWhoWaits() {
        return stopwatch.knowsWhoWaits();
    }

    /** Patroni's key {@code failover} asks for a change of the primary now. */
    void announced() {
        become(stopwatch.announced(now()));
    }

    /** That key was cleared, and the primary is the old one. */
    void withdrawn() {
        become(stopwatch.withdrawn());
    }

    /** etcd's leader key names that node's member. To be told again changes nothing. */
    void leaderKey(String node) {
        become(stopwatch.leaderKey(node, now()));
    }

    /** The nodes were heard, or time has gone by. */
    void moved(ClusterHealth cluster) {
        if (!on) {
            return;
        }
        Moment now = now();
        become(stopwatch.primaryIs(cluster.leadership().primary(), why(cluster), now));
        become(stopwatch.at(now));
    }

    /** What has become of the last primary. */
    private String why(ClusterHealth cluster) {
        Optional<String> conflict = cluster.leadership().conflict();
        return conflict.orElseGet(() -> stopwatch
                .primary()
                .flatMap(node -> Optional.ofNullable(cluster.views().get(node)))
                .map(NodeView::reason)
                .orElse(""));
    }

    /** A session that wants the primary waits since that monotonic time. */
    void parked(long nanos) {
        become(stopwatch.parked(moment(nanos)));
    }

    /** A session that wants the primary has had that node's answer since that monotonic time. */
    void served(String node, long nanos) {
        become(stopwatch.served(node, moment(nanos)));
    }

    private Moment now() {
        return moment(clock.getAsLong());
    }

    private Moment moment(long nanos) {
        long ageMillis = TimeUnit.NANOSECONDS.toMillis(clock.getAsLong() - nanos);
        return new Moment(nanos, wallClock.millis() - ageMillis);
    }

    private void become(Stopwatch next) {
        if (!on) {
            return;
        }
        long newlyEnded = next.ended() - stopwatch.ended();
        stopwatch = next;
        for (int i = (int) newlyEnded - 1; i >= 0; i--) {
            Failover over = next.past().get(i);
            metrics.accept(over);
            log.write(List.of(new Notice(Notice.Level.INFO, ABOUT, FailoverText.of(over))), clock.getAsLong());
        }
    }
}
