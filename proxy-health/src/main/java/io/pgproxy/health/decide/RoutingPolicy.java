package io.pgproxy.health.decide;

import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.ReadsConfig.Fallback;
import io.pgproxy.core.Candidate;
import io.pgproxy.core.ListenerRoute;
import io.pgproxy.core.Role;
import io.pgproxy.core.RoutingTable;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** From what is known to who may go where. Immutable. */
public final class RoutingPolicy {
    private static final int VERIFIED = 0;
    private static final int STALE = 1;
    private static final int FALLBACK = 2;

    private final List<ListenerConfig> listeners;
    private final Map<String, NodeConfig> nodes;

    public RoutingPolicy(List<ListenerConfig> listeners, List<NodeConfig> nodes) {
        this.listeners = List.copyOf(listeners);
        this.nodes = nodes.stream().collect(Collectors.toUnmodifiableMap(NodeConfig::name, Function.identity()));
    }

    /** The next outlook; with the previous table itself if nothing has changed that a session could care about. */
    public Outlook next(Outlook previous, ClusterHealth cluster, long nowNanos) {
        LagGates gates = previous.gates().next(listeners, cluster);
        return new Outlook(cluster, gates, table(previous.table(), cluster, gates, nowNanos));
    }

    private RoutingTable table(RoutingTable previous, ClusterHealth cluster, LagGates gates, long nowNanos) {
        Map<String, ListenerRoute> routes = new HashMap<>();
        for (ListenerConfig listener : listeners) {
            routes.put(listener.name(), route(listener, previous, new Now(cluster, gates, nowNanos)));
        }
        RoutingTable next = new RoutingTable(
                previous.version() + 1, nowNanos, cluster.clusterName(), routes, SeatVerdicts.of(cluster, nowNanos));
        return saysTheSame(previous, next) ? previous : next;
    }

    private static boolean saysTheSame(RoutingTable one, RoutingTable other) {
        return one.cluster().equals(other.cluster())
                && one.listeners().equals(other.listeners())
                && one.verdicts().equals(other.verdicts());
    }

    private ListenerRoute route(ListenerConfig listener, RoutingTable previous, Now now) {
        List<Candidate> candidates = candidates(listener, now);
        if (!candidates.isEmpty()) {
            return new ListenerRoute(candidates, "", 0);
        }
        ListenerRoute before = previous.route(listener.name());
        return new ListenerRoute(
                List.of(),
                WhyNobody.text(listener, now.cluster, now.gates, now.nanos),
                before.candidates().isEmpty() ? before.nobodySinceNanos() : now.nanos);
    }

    private List<Candidate> candidates(ListenerConfig listener, Now now) {
        return switch (listener.route()) {
            case PRIMARY -> leader(now, Role.PRIMARY, now.cluster.leadership().primary());
            case LEADER -> leader(now, Role.LEADER, now.cluster.leadership().leader());
            case REPLICA, SYNC, ASYNC, ANY -> readers(listener, now);
        };
    }

    private List<Candidate> leader(Now now, Role role, Optional<String> leader) {
        return leader.flatMap(node -> candidate(node, role, tier(now.cluster.view(node)), now.cluster))
                .map(List::of)
                .orElse(List.of());
    }

    private List<Candidate> readers(ListenerConfig listener, Now now) {
        List<Candidate> candidates = new ArrayList<>();
        addReplicas(candidates, NodeState.UP, listener, now);
        addReplicas(candidates, NodeState.SILENT, listener, now);
        if (listener.reads().fallback() == Fallback.PRIMARY) {
            now.cluster
                    .leadership()
                    .primary()
                    .flatMap(node -> candidate(node, Role.FALLBACK, FALLBACK, now.cluster))
                    .ifPresent(candidates::add);
        }
        return candidates;
    }

    private void addReplicas(List<Candidate> candidates, NodeState state, ListenerConfig listener, Now now) {
        for (NodeView view : now.cluster.views().values()) {
            if (view.state() == state
                    && view.role() == NodeRole.REPLICA
                    && now.gates.isOpen(listener, view.name())
                    && now.cluster.objection(view.name(), now.nanos).isEmpty()) {
                candidate(view.name(), Role.REPLICA, tier(view), now.cluster).ifPresent(candidates::add);
            }
        }
    }

    private static int tier(NodeView view) {
        return view.state() == NodeState.UP ? VERIFIED : STALE;
    }

    /** The address is the one that said yes: what a name resolves to since has yet to be verified. */
    private Optional<Candidate> candidate(String node, Role role, int tier, ClusterHealth cluster) {
        Function<NodeConfig, Optional<Candidate>> at = config -> cluster.node(node)
                .address()
                .map(address -> new InetSocketAddress(address, config.port()))
                .map(address -> new Candidate(node, address, role, tier, config.weight()));
        return Optional.ofNullable(nodes.get(node)).flatMap(at);
    }

    private record Now(ClusterHealth cluster, LagGates gates, long nanos) {}
}
