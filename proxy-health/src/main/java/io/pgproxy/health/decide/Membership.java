package io.pgproxy.health.decide;

import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.yaml.MemberRules;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The nodes that are asked, and the members that Patroni has in etcd and that are not. Immutable; every text is safe to
 * print.
 *
 * @param nodes no two of one name
 * @param leftOut by the member's name: why what its key says is not followed
 */
public record Membership(Source source, List<NodeConfig> nodes, Map<String, String> leftOut) {
    /** Who says which nodes there are. */
    public enum Source {
        /** The configuration: there are no others. */
        FILE,
        /** The state file: etcd has not told yet since the start. */
        STATE_FILE,
        /** Nobody yet. */
        NOBODY,
        /** Patroni's keys in etcd, since the start. */
        ETCD
    }

    public Membership {
        nodes = List.copyOf(nodes);
        leftOut = Collections.unmodifiableMap(new TreeMap<>(leftOut));
    }

    /** As the operator has written them down. */
    public static Membership configured(List<NodeConfig> nodes) {
        return new Membership(Source.FILE, nodes, Map.of());
    }

    /** As they were when etcd last told. */
    public static Membership remembered(List<NodeConfig> nodes) {
        return new Membership(nodes.isEmpty() ? Source.NOBODY : Source.STATE_FILE, nodes, Map.of());
    }

    /** Their names, in their order. */
    public List<String> names() {
        return nodes.stream().map(NodeConfig::name).toList();
    }

    /** The nodes that there are in both, and whose Patroni is elsewhere than it was. */
    public Set<String> movedSince(Membership before) {
        Set<String> moved = new HashSet<>();
        for (NodeConfig node : nodes) {
            before.nodes.stream()
                    .filter(was -> was.name().equals(node.name()) && !isSamePatroni(was, node))
                    .forEach(was -> moved.add(was.name()));
        }
        return moved;
    }

    /** Whether both are asked by the same words at the same place; names are not looked up. */
    public static boolean isSamePatroni(NodeConfig one, NodeConfig other) {
        return MemberRules.isSameHost(one.host(), other.host())
                && one.patroniPort() == other.patroniPort()
                && one.patroniScheme() == other.patroniScheme();
    }
}
