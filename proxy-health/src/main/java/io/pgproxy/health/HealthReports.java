package io.pgproxy.health;

import io.pgproxy.core.RoutingTable;
import io.pgproxy.health.decide.Announcement;
import io.pgproxy.health.decide.ClusterHealth;
import io.pgproxy.health.decide.Notice;
import io.pgproxy.health.decide.Notices;
import io.pgproxy.health.decide.Outlook;
import io.pgproxy.health.decide.PatroniStore;
import io.pgproxy.health.decide.ProbeResult;
import java.util.List;
import java.util.Optional;

/** What the control loop tells people: lines and figures. Confined to the control thread. */
final class HealthReports {
    private final Notices notices;
    private final NoticeLog log;
    private final HealthMetrics metrics;
    private final FailoverWatch failovers;
    private boolean firstRoundEnded;

    HealthReports(Notices notices, NoticeLog log, HealthMetrics metrics, FailoverWatch failovers) {
        this.notices = notices;
        this.log = log;
        this.metrics = metrics;
        this.failovers = failovers;
    }

    void checked(String node, ProbeResult result) {
        log.checked(node, result);
        metrics.checked(node, result);
    }

    void moved(Outlook before, Outlook after, long nowNanos) {
        announced(before.cluster().announcement(), after.cluster().announcement());
        failovers.moved(after.cluster());
        metrics.moved(before.cluster(), after.cluster());
        log.write(notices.between(before.cluster(), after.cluster()), nowNanos);
        if (after.table().version() > before.table().version() && firstRoundEnded) {
            log.write(notices.between(before.table(), after.table()), nowNanos);
        }
    }

    private void announced(Optional<Announcement> before, Optional<Announcement> after) {
        if (after.isEmpty()) {
            return;
        }
        Optional<Announcement> same = before.filter(after.get()::isSameAs);
        if (!after.get().over() && same.isEmpty()) {
            before.filter(replaced -> !replaced.over()).ifPresent(replaced -> failovers.withdrawn());
            failovers.announced();
        } else if (after.get().over() && same.isPresent() && !same.get().over()) {
            failovers.withdrawn();
        }
    }

    /** What etcd's leader key says; that etcd is not heard any more is told elsewhere. */
    void leaderKey(Optional<String> before, Optional<PatroniStore> store, ClusterHealth cluster, long nowNanos) {
        if (store.isPresent() && !store.get().leader().equals(before)) {
            store.get().leader().flatMap(cluster::nodeCalled).ifPresent(failovers::leaderKey);
            String now = store.get().leader().map(name -> "names " + name).orElse("is gone");
            String was = before.map(name -> ", it named " + name).orElse("");
            log.write(
                    List.of(new Notice(Notice.Level.INFO, "leader key", "etcd: the leader key " + now + was)),
                    nowNanos);
        }
    }

    /** As time goes by. */
    void tick(long nowNanos) {
        log.tick(nowNanos);
    }

    /** Until then an empty route is no news. */
    void firstRoundEnded(RoutingTable table, long nowNanos) {
        firstRoundEnded = true;
        log.write(notices.between(RoutingTable.nothingKnown(nowNanos), table), nowNanos);
        log.write(notices.nobody(table), nowNanos);
    }
}
