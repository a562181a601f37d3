package io.pgproxy.health.decide;

import io.pgproxy.config.ListenerConfig;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What an application's developer reads when a session had to be refused: what each node says. No figure that moves
 * with every check is in it, or every check would make a new table.
 */
final class WhyNobody {
    private WhyNobody() {}

    static String text(ListenerConfig listener, ClusterHealth cluster, LagGates gates, long nowNanos) {
        String wanted = wanted(listener.route());
        Optional<String> conflict = cluster.leadership().conflict();
        if (conflict.isPresent() && listener.route() != ListenerConfig.Route.REPLICA) {
            return "no " + wanted + ": " + conflict.get();
        }
        return cluster.views().values().stream()
                .map(view -> view.name() + " " + says(view, listener, cluster, gates, nowNanos))
                .collect(Collectors.joining("; ", "no " + wanted + ": ", ""));
    }

    private static String wanted(ListenerConfig.Route route) {
        return switch (route) {
            case PRIMARY -> "primary";
            case LEADER -> "leader";
            case REPLICA, SYNC, ASYNC, ANY -> "replica";
        };
    }

    private static String says(
            NodeView view, ListenerConfig listener, ClusterHealth cluster, LagGates gates, long nowNanos) {
        return switch (view.state()) {
            case UP -> running(view, listener, cluster, gates, nowNanos);
            case SILENT, STALE -> view.reason();
            case UNKNOWN -> "not known yet: " + view.reason();
            case WAITING -> "not ready: " + view.reason();
            case DOWN -> "down: " + view.reason();
            case REFUSED -> "refused: " + view.reason();
        };
    }

    private static String running(
            NodeView view, ListenerConfig listener, ClusterHealth cluster, LagGates gates, long nowNanos) {
        if (view.role() != NodeRole.REPLICA || listener.route() != ListenerConfig.Route.REPLICA) {
            return view.role().text();
        }
        String tooFar = gates.isOpen(listener, view.name()) ? "" : "replica too far behind, or not measured yet";
        return cluster.objection(view.name(), nowNanos).orElse(tooFar);
    }
}
