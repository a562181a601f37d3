package io.pgproxy.health.decide;

import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.ListenerConfig.Route;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.ReadsConfig.Fallback;
import io.pgproxy.core.Candidate;
import io.pgproxy.core.ListenerRoute;
import io.pgproxy.core.Role;
import io.pgproxy.core.RoutingTable;
import io.pgproxy.core.RoutingTable.Seat;
import io.pgproxy.core.Verdict;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    /** The same rules for other nodes. */
    public RoutingPolicy withNodes(List<NodeConfig> other) {
        return new RoutingPolicy(listeners, other);
    }

    /**
     * The outlook with the cluster as it is now that other nodes are asked; what follows from it comes with the next.
     *
     * @param joined the nodes that are new to a cluster that had nodes before
     */
    public Outlook ofThese(Outlook previous, ClusterHealth cluster, Set<String> joined) {
        return new Outlook(
                cluster,
                previous.gates(),
                previous.verdicts().ofThese(listeners, cluster.nodes().keySet(), joined),
                previous.table());
    }

    /** The next outlook; with the previous table itself if nothing has changed that a session could care about. */
    public Outlook next(Outlook previous, ClusterHealth cluster, long nowNanos) {
        LagGates gates = previous.gates().next(listeners, cluster);
        return new Outlook(
                cluster,
                gates,
                previous.verdicts().next(listeners, cluster),
                table(previous, new Now(cluster, gates, nowNanos)));
    }

    private RoutingTable table(Outlook previous, Now now) {
        Map<String, ListenerRoute> routes = new HashMap<>();
        for (ListenerConfig listener : listeners) {
            routes.put(listener.name(), route(listener, previous, now));
        }
        RoutingTable before = previous.table();
        RoutingTable next = new RoutingTable(
                before.version() + 1,
                now.nanos,
                now.cluster.clusterName(),
                routes,
                addresses(now.cluster),
                SeatVerdicts.of(now.cluster, now.nanos));
        return saysTheSame(before, next) ? before : next;
    }

    private static boolean saysTheSame(RoutingTable one, RoutingTable other) {
        return one.cluster().equals(other.cluster())
                && one.listeners().equals(other.listeners())
                && one.addresses().equals(other.addresses())
                && one.verdicts().equals(other.verdicts());
    }

    private ListenerRoute route(ListenerConfig listener, Outlook previous, Now now) {
        ListenerRoute before = previous.table().route(listener.name());
        List<Candidate> candidates = candidates(listener, now);
        Map<Seat, Verdict> ownVerdicts =
                listener.route().servesReads() ? ListenerVerdicts.of(now.readersOf(listener)) : Map.of();
        if (!candidates.isEmpty()) {
            List<Candidate> started =
                    SlowStart.of(listener, candidates, before.candidates(), previous.verdicts(), now.nanos);
            return new ListenerRoute(started, "", 0, ownVerdicts);
        }
        return new ListenerRoute(
                List.of(),
                WhyNobody.text(now.readersOf(listener)),
                before.candidates().isEmpty() ? before.nobodySinceNanos() : now.nanos,
                ownVerdicts,
                heldBack(listener, now));
    }

    private List<Candidate> candidates(ListenerConfig listener, Now now) {
        return switch (listener.route()) {
            case PRIMARY, LEADER -> now.isLeaderGivingUp() ? List.of() : leader(listener, now.cluster);
            case REPLICA, SYNC, ASYNC -> readers(now.readersOf(listener), Role.REPLICA);
            case ANY -> readers(now.readersOf(listener), Role.ANY);
        };
    }

    /** The leader that is about to give up, where there is one: it is no candidate, and serves until it does. */
    private List<Candidate> heldBack(ListenerConfig listener, Now now) {
        return switch (listener.route()) {
            case PRIMARY, LEADER -> leader(listener, now.cluster);
            case REPLICA, SYNC, ASYNC, ANY -> List.of();
        };
    }

    /** Who leads, whatever is announced. */
    private List<Candidate> leader(ListenerConfig listener, ClusterHealth cluster) {
        Leadership leadership = cluster.leadership();
        boolean standbyToo = listener.route() == Route.LEADER;
        Optional<String> leader = standbyToo ? leadership.leader() : leadership.primary();
        return leader.flatMap(node ->
                        candidate(node, standbyToo ? Role.LEADER : Role.PRIMARY, tier(cluster.view(node)), cluster))
                .map(List::of)
                .orElse(List.of());
    }

    private List<Candidate> readers(Readers readers, Role role) {
        List<Candidate> candidates = new ArrayList<>();
        addReaders(candidates, NodeState.UP, readers, role);
        addReaders(candidates, NodeState.SILENT, readers, role);
        if (readers.listener().reads().fallback() == Fallback.PRIMARY) {
            ClusterHealth cluster = readers.cluster();
            cluster.leadership()
                    .primary()
                    .flatMap(node -> candidate(node, Role.FALLBACK, FALLBACK, cluster))
                    .ifPresent(candidates::add);
        }
        return candidates;
    }

    private void addReaders(List<Candidate> candidates, NodeState state, Readers readers, Role role) {
        for (NodeView view : readers.cluster().views().values()) {
            if (view.state() == state && readers.admits(view)) {
                candidate(view.name(), role, tier(view), readers.cluster()).ifPresent(candidates::add);
            }
        }
    }

    private static int tier(NodeView view) {
        return view.state() == NodeState.UP ? VERIFIED : STALE;
    }

    private Optional<Candidate> candidate(String node, Role role, int tier, ClusterHealth cluster) {
        Function<NodeConfig, Optional<Candidate>> at = config ->
                address(config, cluster).map(address -> new Candidate(node, address, role, tier, config.weight()));
        return Optional.ofNullable(nodes.get(node)).flatMap(at);
    }

    /** The address is the one that said yes: what a name resolves to since has yet to be verified. */
    private static Optional<InetSocketAddress> address(NodeConfig node, ClusterHealth cluster) {
        return cluster.node(node.name()).address().map(address -> new InetSocketAddress(address, node.port()));
    }

    /** Of every node that has ever said yes; one of another cluster never becomes a candidate. */
    private Map<String, InetSocketAddress> addresses(ClusterHealth cluster) {
        Map<String, InetSocketAddress> addresses = new HashMap<>();
        for (NodeConfig node : nodes.values()) {
            if (cluster.view(node.name()).state() != NodeState.REFUSED) {
                address(node, cluster).ifPresent(address -> addresses.put(node.name(), address));
            }
        }
        return addresses;
    }

    private record Now(ClusterHealth cluster, LagGates gates, long nanos) {
        boolean isLeaderGivingUp() {
            Optional<String> leader = cluster.leadership().leader();
            return leader.isPresent() && cluster.isGivingUp(leader.get(), nanos);
        }

        Readers readersOf(ListenerConfig listener) {
            return new Readers(listener, cluster, gates, nanos);
        }
    }
}
