package io.pgproxy.health.decide;

import io.pgproxy.config.HealthConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All that health knows about the cluster at one instant. Immutable; every answer, and time itself, makes the next one.
 *
 * <p>{@link NodeHealth} is a node by its own words; {@link #views} is the same with the other nodes heard: another
 * cluster's node is refused, and a claim that a newer one has replaced is down.
 *
 * @param nodes those that are asked, in the order of the configuration or as they were found
 * @param leaderKey what etcd's leader key says, if it says something and anybody knows
 * @param announcement the last switchover that was told of before it began, whatever has come of it
 */
public record ClusterHealth(
        HealthConfig config,
        Map<String, NodeHealth> nodes,
        ClusterIdentity identity,
        Optional<LeaderKey> leaderKey,
        Optional<Announcement> announcement,
        Leadership leadership,
        Replication replication,
        Map<String, NodeView> views) {
    /** Three checks: one may be lost and one may be late. */
    private static final int SAMPLE_INTERVALS = 3;

    public ClusterHealth {
        nodes = Collections.unmodifiableMap(new LinkedHashMap<>(nodes));
        views = Collections.unmodifiableMap(new LinkedHashMap<>(views));
    }

    /**
     * Before the first answer.
     *
     * @param scope as configured
     * @param lagHorizon how far back lag is to be measured as time
     */
    public static ClusterHealth nothingKnown(
            HealthConfig config, List<String> names, Optional<String> scope, Duration lagHorizon, long nowNanos) {
        Map<String, NodeHealth> nodes = new LinkedHashMap<>();
        Map<String, NodeView> views = new LinkedHashMap<>();
        for (String name : names) {
            NodeHealth node = NodeHealth.unknown(name);
            nodes.put(name, node);
            views.put(name, unchecked(node, nowNanos));
        }
        return new ClusterHealth(
                config,
                nodes,
                ClusterIdentity.configured(scope),
                Optional.empty(),
                Optional.empty(),
                Leadership.NOBODY,
                Replication.nothingKnown(SAMPLE_INTERVALS * config.interval().toNanos(), lagHorizon.toNanos()),
                views);
    }

    /**
     * The same of other nodes: of a new one nothing is known, a node that is not among them is forgotten, and one that is
     * asked elsewhere from now on keeps what it has said and loses the address that it said it from. Unless it was refused:
     * then that was never its own word.
     */
    public ClusterHealth withNodes(List<String> names, Set<String> moved, long nowNanos) {
        Map<String, NodeHealth> nextNodes = new LinkedHashMap<>();
        Map<String, NodeView> nextViews = new LinkedHashMap<>();
        for (String name : names) {
            NodeHealth known = nodes.getOrDefault(name, NodeHealth.unknown(name));
            nextNodes.put(name, moved.contains(name) ? elsewhere(known) : known);
            nextViews.put(name, views.getOrDefault(name, unchecked(NodeHealth.unknown(name), nowNanos)));
        }
        return new ClusterHealth(
                config,
                nextNodes,
                identity,
                leaderKey,
                announcement,
                leadership,
                replication.ofThese(nextNodes.keySet()),
                nextViews);
    }

    private NodeHealth elsewhere(NodeHealth node) {
        return identity.refuses(node).isPresent() ? NodeHealth.unknown(node.name()) : node.withoutAddress();
    }

    private static NodeView unchecked(NodeHealth node, long nowNanos) {
        return new NodeView(node.name(), node.state(), node.role(), node.reason(), nowNanos);
    }

    /** What is known after a check of that node. */
    public ClusterHealth after(String name, ProbeResult result) {
        Map<String, NodeHealth> next = new LinkedHashMap<>(nodes);
        next.put(name, node(name).after(result, config));
        ClusterHealth settled = settle(next, leaderKey, result.answeredNanos());
        return result.outcome().answer().isPresent() ? settled.measure(name, result) : settled;
    }

    /** What is left of it as time goes by. */
    public ClusterHealth at(long nowNanos) {
        return settle(nodes, leaderKey, nowNanos);
    }

    /** The same, with what etcd's leader key says; empty when it is missing or nobody could read it. */
    public ClusterHealth withLeaderKey(Optional<LeaderKey> key, long nowNanos) {
        return settle(nodes, key, nowNanos);
    }

    /** The same, with what is announced. */
    public ClusterHealth withAnnouncement(Optional<Announcement> next) {
        return new ClusterHealth(config, nodes, identity, leaderKey, next, leadership, replication, views);
    }

    /** Whether that leader is about to give up, so that new sessions do better to wait for the next. */
    boolean isGivingUp(String leader, long nowNanos) {
        return announcement.filter(told -> told.holds(leader, nowNanos)).isPresent();
    }

    /** The node that this member's name means. */
    public Optional<String> nodeCalled(String member) {
        return nodesCalled(List.of(member)).stream().findFirst();
    }

    /** The nodes that these members' names mean. */
    public List<String> nodesCalled(Collection<String> members) {
        return nodes.values().stream()
                .filter(node -> members.stream().anyMatch(node::isCalled))
                .map(NodeHealth::name)
                .toList();
    }

    /** The node by its own words. */
    public NodeHealth node(String name) {
        NodeHealth node = nodes.get(name);
        if (node == null) {
            throw new IllegalArgumentException("no node " + name);
        }
        return node;
    }

    /** The node with the others heard. */
    public NodeView view(String name) {
        NodeView view = views.get(name);
        if (view == null) {
            throw new IllegalArgumentException("no node " + name);
        }
        return view;
    }

    /** The cluster's name, for people. */
    public String clusterName() {
        return identity.accepted().scope().orElse("");
    }

    /** Why a replica that runs gets no new sessions; empty if it may, lag aside. */
    Optional<String> objection(String name, long nowNanos) {
        return replication.objection(node(name), nowNanos, config.staleAfter().toNanos());
    }

    private ClusterHealth settle(Map<String, NodeHealth> next, Optional<LeaderKey> key, long nowNanos) {
        Map<String, NodeHealth> aged = new LinkedHashMap<>();
        next.forEach((name, node) -> aged.put(name, node.at(nowNanos, config)));
        ClusterIdentity ours = identity.after(List.copyOf(aged.values()));
        List<NodeHealth> members = new ArrayList<>(aged.values());
        members.removeIf(node -> ours.refuses(node).isPresent());
        Leadership leads = Leadership.among(members, key);
        Map<String, NodeView> seen = new LinkedHashMap<>();
        aged.forEach((name, node) -> seen.put(name, view(name).next(node, ours, leads, nowNanos)));
        return new ClusterHealth(config, aged, ours, key, announcement, leads, replication, seen);
    }

    private ClusterHealth measure(String name, ProbeResult result) {
        NodeView view = view(name);
        if (view.state() != NodeState.UP) {
            return this;
        }
        Replication measured =
                switch (view.role()) {
                    case PRIMARY, STANDBY_LEADER ->
                        leadership.leads(name)
                                ? replication.afterLeader(node(name), result.answeredNanos())
                                : replication;
                    case REPLICA -> replication.afterReplica(node(name), result.askedNanos());
                    case NONE -> replication;
                };
        return new ClusterHealth(config, nodes, identity, leaderKey, announcement, leadership, measured, views);
    }
}
