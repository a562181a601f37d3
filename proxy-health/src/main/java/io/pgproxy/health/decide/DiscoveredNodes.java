package io.pgproxy.health.decide;

import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.NodeConfig.Scheme;
import io.pgproxy.config.yaml.MemberRules;
import io.pgproxy.health.decide.Membership.Source;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The members that Patroni has in etcd are the nodes. A key brings a node or another place for one that does not answer
 * where it was; no key, and no lack of one, takes away a node that answers, or one whose claim to lead still stands.
 *
 * @param least how nodes are asked at the least
 */
public record DiscoveredNodes(Scheme least) implements MemberPolicy {
    /** As many as a file may have. */
    public static final int MAX_NODES = 64;

    /**
     * How long a node whose key is gone is still asked although it does not answer. Patroni takes the key away when it is
     * stopped, and etcd does so a ttl (30 s) after the host has died: a host that is updated and booted takes some
     * minutes, and has its place in the status, with all that is wrong, until it is back. Who is away for longer comes
     * back by its key, and was missed by nobody but a check every second.
     */
    static final Duration REMEMBERED = Duration.ofMinutes(10);

    /**
     * How long the end of a node's sessions stands in the table before the node may be forgotten. In a table without the
     * node they stay, and a relay loop that is busy sees the newest table only; none is busy for a minute.
     */
    static final Duration END_STANDS = Duration.ofMinutes(1);

    @Override
    public Membership next(Membership before, PatroniStore store, ClusterHealth cluster, long nowNanos) {
        Map<String, NodeConfig> told = new TreeMap<>();
        Map<String, String> leftOut = new TreeMap<>();
        store.members().forEach((name, member) -> {
            MemberPlace place = member.place();
            objection(place).ifPresentOrElse(why -> leftOut.put(name, why), () -> place.node()
                    .ifPresent(node -> told.put(name, node)));
        });
        Map<String, NodeConfig> nodes = new LinkedHashMap<>();
        for (NodeConfig node : before.nodes()) {
            boolean hasKey = store.members().containsKey(node.name());
            if (hasKey || !isOver(node, told, cluster, nowNanos)) {
                nodes.put(node.name(), node);
            }
        }
        move(told, nodes, leftOut, cluster);
        told.keySet().removeAll(nodes.keySet());
        told.values().forEach(node -> add(node, nodes, leftOut));
        return new Membership(Source.ETCD, List.copyOf(nodes.values()), leftOut);
    }

    /**
     * Puts nodes where their keys have them. Another port of PostgreSQL is the business of the Patroni that is asked all
     * the same. Nobody moves to where another one is heard, or has just moved: one of the two would vouch for a
     * PostgreSQL that is not its own. Who is not heard holds no place, so that two may change theirs.
     */
    private static void move(
            Map<String, NodeConfig> told,
            Map<String, NodeConfig> nodes,
            Map<String, String> leftOut,
            ClusterHealth cluster) {
        Set<String> moved = new HashSet<>();
        for (NodeConfig node : List.copyOf(nodes.values())) {
            NodeConfig next = told.getOrDefault(node.name(), node);
            if (next.equals(node) || !(Membership.isSamePatroni(node, next) || isFree(node.name(), cluster))) {
                continue;
            }
            Optional<NodeConfig> there = nodes.values().stream()
                    .filter(other -> !other.name().equals(node.name()) && isSamePlace(next, other))
                    .filter(other -> moved.contains(other.name()) || !isFree(other.name(), cluster))
                    .findFirst();
            if (there.isPresent()) {
                leftOut.put(node.name(), isThere(there.get()));
            } else {
                nodes.put(node.name(), next);
                moved.add(node.name());
            }
        }
    }

    private static void add(NodeConfig node, Map<String, NodeConfig> nodes, Map<String, String> leftOut) {
        Optional<NodeConfig> there = nodes.values().stream()
                .filter(other -> isSamePlace(node, other))
                .findFirst();
        if (there.isPresent()) {
            leftOut.put(node.name(), isThere(there.get()));
        } else if (nodes.size() >= MAX_NODES) {
            leftOut.put(node.name(), "there are " + MAX_NODES + " nodes already");
        } else {
            nodes.put(node.name(), node);
        }
    }

    private static String isThere(NodeConfig other) {
        return "it says that it is where " + other.name() + " is";
    }

    private Optional<String> objection(MemberPlace place) {
        if (place.node().isEmpty()) {
            return Optional.of(place.trouble());
        }
        boolean weaker = least == Scheme.HTTPS && place.node().get().patroniScheme() == Scheme.HTTP;
        return weaker ? Optional.of("its api_url is http, and patroni.scheme is https") : Optional.empty();
    }

    /** Whether the node, whose key is gone, is forgotten: nobody hears it, or its place is another member's by now. */
    private static boolean isOver(NodeConfig node, Map<String, NodeConfig> told, ClusterHealth cluster, long nowNanos) {
        NodeView view = cluster.view(node.name());
        if (claimsToLead(view, cluster) || isEnding(view, nowNanos)) {
            return false;
        }
        boolean free = isFree(node.name(), cluster);
        return isSilentForLong(node.name(), cluster, nowNanos)
                || told.values().stream()
                        .anyMatch(other -> free ? isSamePlace(node, other) : Membership.isSamePatroni(node, other));
    }

    /** That nobody was asked meanwhile, since this host stood still or had no descriptors, is no silence of the node's. */
    private static boolean isSilentForLong(String name, ClusterHealth cluster, long nowNanos) {
        NodeHealth node = cluster.node(name);
        NodeView view = cluster.view(name);
        long heardNanos = node.answeredNanos().orElse(view.sinceNanos());
        return !view.state().trusted()
                && !isMissed(node, view, cluster)
                && node.count().silences() >= cluster.config().fall()
                && nowNanos - heardNanos >= REMEMBERED.toNanos();
    }

    /** It was once one of the cluster's own, and whoever takes its place now leaves it none when it is back. */
    private static boolean isMissed(NodeHealth node, NodeView view, ClusterHealth cluster) {
        boolean full = cluster.nodes().size() >= MAX_NODES;
        return full && node.answeredNanos().isPresent() && view.state() != NodeState.REFUSED;
    }

    /** A claim stands until its node takes it back or another one overrules it, and so does the node. */
    private static boolean claimsToLead(NodeView view, ClusterHealth cluster) {
        return view.role() == NodeRole.PRIMARY
                || view.role() == NodeRole.STANDBY_LEADER
                || cluster.leadership().leads(view.name());
    }

    /** Its sessions end, and not every relay loop may have seen that. */
    private static boolean isEnding(NodeView view, long nowNanos) {
        return view.state() == NodeState.DOWN && nowNanos - view.sinceNanos() < END_STANDS.toNanos();
    }

    /** Whether it may be asked elsewhere: it has no good word where it is. */
    private static boolean isFree(String name, ClusterHealth cluster) {
        NodeHealth node = cluster.node(name);
        return switch (cluster.view(name).state()) {
            case UP, SILENT -> false;
            case UNKNOWN, REFUSED -> true;
            case STALE, WAITING, DOWN -> !node.state().trusted() && node.missedLast();
        };
    }

    /** One PostgreSQL, or one Patroni: two nodes that ask the same one would both believe its answers. */
    private static boolean isSamePlace(NodeConfig one, NodeConfig other) {
        return MemberRules.isSameHost(one.host(), other.host())
                && (one.port() == other.port() || one.patroniPort() == other.patroniPort());
    }
}
