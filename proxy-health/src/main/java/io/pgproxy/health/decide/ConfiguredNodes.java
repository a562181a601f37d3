package io.pgproxy.health.decide;

import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.yaml.MemberRules;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The file has the nodes, and no member of etcd's becomes one. */
public final class ConfiguredNodes implements MemberPolicy {
    private static final String WHY = "nodes does not name it";

    @Override
    public Membership next(Membership before, PatroniStore store, ClusterHealth cluster, long nowNanos) {
        Map<String, String> leftOut = new HashMap<>();
        store.members().forEach((name, member) -> {
            boolean known = cluster.nodeCalled(name).isPresent() || isAnyOf(before.nodes(), member.place());
            if (!known) {
                leftOut.put(name, WHY);
            }
        });
        return new Membership(before.source(), before.nodes(), leftOut);
    }

    /** The file may call it something else, and an old Patroni does not say what it calls itself. */
    private static boolean isAnyOf(List<NodeConfig> nodes, MemberPlace place) {
        return place.node().stream().anyMatch(told -> nodes.stream()
                .anyMatch(node -> node.port() == told.port() && MemberRules.isSameHost(node.host(), told.host())));
    }
}
