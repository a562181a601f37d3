package io.pgproxy.health.decide;

import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.MaxLag;
import io.pgproxy.health.decide.LagGates.Gate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which nodes each listener has come to a verdict on since this program started. A node that turns out eligible with the
 * first one has been in use all along, by another proxy or by this one before its restart: it needs no slow start.
 * Immutable.
 */
public record FirstVerdicts(Set<Gate> given) {
    static final FirstVerdicts NONE = new FirstVerdicts(Set.of());

    public FirstVerdicts {
        given = Set.copyOf(given);
    }

    boolean given(ListenerConfig listener, String node) {
        return given.contains(new Gate(listener.name(), node));
    }

    /** The same of other nodes. Who has joined a cluster that was in use is no node of old, whatever comes first. */
    FirstVerdicts ofThese(List<ListenerConfig> listeners, Set<String> nodes, Set<String> joined) {
        Set<Gate> next = new HashSet<>(given);
        next.removeIf(gate -> !nodes.contains(gate.node()));
        listeners.forEach(listener -> joined.forEach(node -> next.add(new Gate(listener.name(), node))));
        return new FirstVerdicts(next);
    }

    FirstVerdicts next(List<ListenerConfig> listeners, ClusterHealth cluster) {
        Set<Gate> next = new HashSet<>(given);
        for (ListenerConfig listener : listeners) {
            for (NodeView view : cluster.views().values()) {
                if (isVerdict(listener, view, cluster)) {
                    next.add(new Gate(listener.name(), view.name()));
                }
            }
        }
        return next.size() == given.size() ? this : new FirstVerdicts(next);
    }

    private static boolean isVerdict(ListenerConfig listener, NodeView view, ClusterHealth cluster) {
        NodeHealth node = cluster.node(view.name());
        return switch (view.state()) {
            // Who was away when this program started comes back later like any other.
            case UNKNOWN -> node.count().silences() >= cluster.config().fall();
            case WAITING -> !node.isRising();
            case UP, SILENT -> view.role() != NodeRole.REPLICA || isMeasured(listener, view.name(), cluster);
            case STALE, DOWN, REFUSED -> true;
        };
    }

    private static boolean isMeasured(ListenerConfig listener, String node, ClusterHealth cluster) {
        return listener.reads().maxLag().equals(MaxLag.NONE)
                || cluster.replication().lag(node).isPresent();
    }
}
