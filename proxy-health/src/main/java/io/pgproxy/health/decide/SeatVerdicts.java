package io.pgproxy.health.decide;

import io.pgproxy.core.Role;
import io.pgproxy.core.RoutingTable.Seat;
import io.pgproxy.core.Standing;
import io.pgproxy.core.Verdict;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What sessions may do on each node in each role. Only a verified loss of the role ends them; lag, tags, silence and
 * whether commits wait for a replica never do. Nor does a refusal: PostgreSQL cannot change its cluster under a live
 * session, so whatever lives on there lives on in the cluster that it was opened in.
 */
final class SeatVerdicts {
    private SeatVerdicts() {}

    static Map<Seat, Verdict> of(ClusterHealth cluster, long nowNanos) {
        Map<Seat, Verdict> verdicts = new HashMap<>();
        for (NodeView view : cluster.views().values()) {
            for (Role role : Role.values()) {
                verdicts.put(new Seat(view.name(), role), verdict(cluster, view, role, nowNanos));
            }
        }
        return verdicts;
    }

    private static Verdict verdict(ClusterHealth cluster, NodeView view, Role role, long nowNanos) {
        return switch (role) {
            case PRIMARY, FALLBACK -> verdict(view, asPrimary(cluster.leadership(), view));
            case LEADER -> verdict(view, asLeader(cluster.leadership(), view));
            case REPLICA -> asReplica(cluster, view, nowNanos);
            case ANY -> asAny(cluster, view, nowNanos);
        };
    }

    private static Standing asPrimary(Leadership leadership, NodeView view) {
        if (leadership.isPrimary(view.name())) {
            return Standing.GO;
        }
        return view.role() == NodeRole.STANDBY_LEADER ? Standing.END : withoutTheLead(view);
    }

    /** A primary that becomes a standby leader, and the other way round, keeps these sessions. */
    private static Standing asLeader(Leadership leadership, NodeView view) {
        return leadership.leads(view.name()) ? Standing.GO : withoutTheLead(view);
    }

    private static Standing withoutTheLead(NodeView view) {
        return switch (view.state()) {
            case DOWN -> Standing.END;
            case UP, SILENT, STALE -> view.role() == NodeRole.REPLICA ? Standing.END : Standing.STAY;
            case UNKNOWN, WAITING, REFUSED -> Standing.STAY;
        };
    }

    /**
     * A promoted replica sheds its readers, which would load the new primary, or read a history that the cluster has
     * left if its claim was void from the first. One that went down or leads a standby cluster keeps them: it is still
     * a standby, or PostgreSQL has ended them itself.
     */
    private static Verdict asReplica(ClusterHealth cluster, NodeView view, long nowNanos) {
        return view.role() == NodeRole.PRIMARY || isOverruled(cluster, view)
                ? verdict(view, Standing.END)
                : asStandby(cluster, view, nowNanos);
    }

    private static boolean isOverruled(ClusterHealth cluster, NodeView view) {
        return cluster.leadership().overruled().containsKey(view.name());
    }

    /**
     * Who came for whatever the node is stays while it changes from one to the other, and through everything that ends
     * or hangs of its own accord. Only a node whose claim to lead is void has nothing left to give: it is cut off with
     * a history that the cluster has left, its readers would read that for ever, and its own Patroni does not tell
     * them.
     */
    private static Verdict asAny(ClusterHealth cluster, NodeView view, long nowNanos) {
        if (isOverruled(cluster, view)) {
            return verdict(view, Standing.END);
        }
        return cluster.leadership().leads(view.name())
                ? verdict(view, Standing.GO)
                : asStandby(cluster, view, nowNanos);
    }

    private static Verdict asStandby(ClusterHealth cluster, NodeView view, long nowNanos) {
        if (!view.isTrusted(NodeRole.REPLICA)) {
            return verdict(view, Standing.STAY);
        }
        Optional<String> objection = cluster.objection(view.name(), nowNanos);
        return objection.isPresent() ? new Verdict(Standing.STAY, objection.get()) : verdict(view, Standing.GO);
    }

    private static Verdict verdict(NodeView view, Standing standing) {
        return new Verdict(standing, view.reason());
    }
}
