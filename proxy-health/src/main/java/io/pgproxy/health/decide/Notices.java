package io.pgproxy.health.decide;

import io.pgproxy.config.ListenerConfig;
import io.pgproxy.core.Candidate;
import io.pgproxy.core.ListenerRoute;
import io.pgproxy.core.Role;
import io.pgproxy.core.RoutingTable;
import io.pgproxy.health.decide.Notice.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is worth a line in the log when one state of knowledge follows another. Immutable. */
public final class Notices {
    private final List<ListenerConfig> listeners;
    private final boolean leaderRoute;

    public Notices(List<ListenerConfig> listeners) {
        this.listeners = List.copyOf(listeners);
        this.leaderRoute = listeners.stream().anyMatch(listener -> listener.route() == ListenerConfig.Route.LEADER);
    }

    /** One line for each node that changed, and for each change that concerns the cluster as a whole. */
    public List<Notice> between(ClusterHealth before, ClusterHealth after) {
        List<Notice> notices = new ArrayList<>();
        for (NodeView view : after.views().values()) {
            NodeView was = before.view(view.name());
            if (view.differsFrom(was)) {
                notices.add(new Notice(level(was, view), "node " + view.name(), view.transitionFrom(was)));
            }
        }
        identity(before.identity(), after.identity()).ifPresent(notices::add);
        conflict(before.leadership(), after.leadership()).ifPresent(notices::add);
        if (leadsStandbyCluster(after) && !leadsStandbyCluster(before) && !leaderRoute) {
            notices.add(new Notice(
                    Level.WARN,
                    "standby cluster",
                    "this is a standby cluster and has no primary; no listener has route leader, so nobody is sent to "
                            + after.leadership().leader().orElse("its leader")));
        }
        return notices;
    }

    /** One line for each listener that has lost its last candidate, has one again, or has another leader. */
    public List<Notice> between(RoutingTable before, RoutingTable after) {
        List<Notice> notices = new ArrayList<>();
        for (ListenerConfig listener : listeners) {
            ListenerRoute was = before.route(listener.name());
            ListenerRoute is = after.route(listener.name());
            if (is.candidates().isEmpty()) {
                if (!was.candidates().isEmpty()) {
                    notices.add(nobody(listener, is));
                }
            } else if (isNews(listener, was, is)) {
                String text = "listener " + listener.name() + ": sessions go to " + destination(is);
                notices.add(new Notice(Level.INFO, "listener " + listener.name(), text));
            }
        }
        return notices;
    }

    /** One line for each listener without a candidate. */
    public List<Notice> nobody(RoutingTable table) {
        List<Notice> notices = new ArrayList<>();
        for (ListenerConfig listener : listeners) {
            ListenerRoute route = table.route(listener.name());
            if (route.candidates().isEmpty()) {
                notices.add(nobody(listener, route));
            }
        }
        return notices;
    }

    private static Notice nobody(ListenerConfig listener, ListenerRoute route) {
        return new Notice(
                Level.WARN,
                "listener " + listener.name(),
                "listener " + listener.name() + ": new sessions wait, " + route.whyNobody());
    }

    /**
     * Replicas come and go with a line of their own each. A leader's route is one node, and which one is the news; for
     * which replicas commits wait is said nowhere else.
     */
    private static boolean isNews(ListenerConfig listener, ListenerRoute was, ListenerRoute is) {
        return was.candidates().isEmpty()
                || (changesAreNews(listener.route()) && !destination(was).equals(destination(is)));
    }

    private static boolean changesAreNews(ListenerConfig.Route route) {
        return switch (route) {
            case PRIMARY, LEADER, SYNC -> true;
            case REPLICA, ASYNC, ANY -> false;
        };
    }

    /** In whatever order they are tried; who is fallen back to gets nothing while there is anybody else. */
    private static String destination(ListenerRoute route) {
        String peers = route.candidates().stream()
                .filter(candidate -> candidate.role() != Role.FALLBACK)
                .map(Candidate::node)
                .sorted()
                .collect(Collectors.joining(", "));
        return peers.isEmpty() ? fallback(route) : peers;
    }

    private static String fallback(ListenerRoute route) {
        return route.candidates().stream()
                .map(candidate -> candidate.node() + " as fallback")
                .collect(Collectors.joining(", "));
    }

    private static Level level(NodeView before, NodeView after) {
        return switch (after.state()) {
            case REFUSED -> Level.ERROR;
            case SILENT, STALE -> Level.WARN;
            case DOWN -> before.state() == NodeState.UNKNOWN ? Level.INFO : Level.WARN;
            case UNKNOWN, UP, WAITING -> Level.INFO;
        };
    }

    private static Optional<Notice> identity(ClusterIdentity before, ClusterIdentity after) {
        if (before.accepted().equals(after.accepted())) {
            return Optional.empty();
        }
        boolean first = before.accepted().systemIdentifier().isEmpty();
        String text = first
                ? "the cluster is " + after.accepted().text()
                : "the cluster is now " + after.accepted().text() + ", it was "
                        + before.accepted().text();
        return Optional.of(new Notice(first ? Level.INFO : Level.WARN, "identity", text));
    }

    private static Optional<Notice> conflict(Leadership before, Leadership after) {
        if (before.conflict().equals(after.conflict())) {
            return Optional.empty();
        }
        return Optional.of(after.conflict()
                .map(text -> new Notice(Level.ERROR, "conflict", text + "; writes go nowhere"))
                .orElseGet(() -> new Notice(
                        Level.INFO,
                        "conflict",
                        "no two nodes claim to lead any more"
                                + after.leader()
                                        .map(node -> ", " + node + " does")
                                        .orElse(""))));
    }

    private static boolean leadsStandbyCluster(ClusterHealth cluster) {
        return cluster.leadership().role() == NodeRole.STANDBY_LEADER
                && cluster.leadership().leader().isPresent();
    }
}
