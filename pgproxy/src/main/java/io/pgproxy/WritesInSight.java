package io.pgproxy;

import io.pgproxy.config.ListenerConfig;
import io.pgproxy.core.CurrentRoutes;
import io.pgproxy.core.RoutingTable;
import java.util.List;

/**
 * Whether clients that write would find a node here: one that answered lately, not one that is only remembered. Safe
 * from any thread.
 */
final class WritesInSight {
    /** Of a candidate that is verified; any other is gone by from memory, for as long as {@code stale-after}. */
    private static final int VERIFIED = 0;

    private final List<String> listeners;
    private final CurrentRoutes routes;

    WritesInSight(List<ListenerConfig> listeners, CurrentRoutes routes) {
        this.listeners = listeners.stream()
                .filter(listener -> isForWrites(listener.route()))
                .map(ListenerConfig::name)
                .toList();
        this.routes = routes;
    }

    private static boolean isForWrites(ListenerConfig.Route route) {
        return switch (route) {
            case PRIMARY, LEADER -> true;
            case REPLICA, SYNC, ASYNC, ANY -> false;
        };
    }

    /** Whether any listener needs one; if not, none is ever in sight. */
    boolean isNeeded() {
        return !listeners.isEmpty();
    }

    /** Whether each of those listeners has one. */
    boolean isSeen() {
        RoutingTable table = routes.current();
        return isNeeded() && listeners.stream().allMatch(listener -> hasVerified(table, listener));
    }

    private static boolean hasVerified(RoutingTable table, String listener) {
        return table.route(listener).candidates().stream().anyMatch(candidate -> candidate.tier() == VERIFIED);
    }
}
