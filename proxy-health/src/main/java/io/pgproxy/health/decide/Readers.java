package io.pgproxy.health.decide;

import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.ListenerConfig.Route;
import io.pgproxy.config.ReadsConfig;
import java.util.Map;
import java.util.Optional;

/**
 * Which nodes may serve one listener's reads, and what keeps the others out. Immutable.
 *
 * <p>On route any the leader is one of them by Patroni's own rule for /read-only: its tag noloadbalance, its lag and the
 * state of its replication are not asked about, the listener's tags are; in a standby cluster it is the standby leader.
 */
record Readers(ListenerConfig listener, ClusterHealth cluster, LagGates gates, long nowNanos) {
    /** Whether new sessions may go there, as far as this node is concerned. */
    boolean admits(NodeView view) {
        return view.state().trusted() && objection(view).isEmpty();
    }

    /**
     * Why that node does not serve these reads although it runs; empty if it may. It holds no figure that moves with
     * every check and no word of the node's own: it becomes part of the table.
     */
    Optional<String> objection(NodeView view) {
        if (view.role() == NodeRole.REPLICA) {
            return objectionToReplica(view.name());
        }
        if (listener.route() != Route.ANY || view.role() == NodeRole.NONE) {
            return Optional.of(view.role().text());
        }
        return cluster.leadership().leads(view.name())
                ? byTags(view.role().text(), view.name())
                : Optional.of(view.role().text() + besideTheLeader(view));
    }

    /** A standby leader beside a primary is at odds with nobody. */
    private String besideTheLeader(NodeView view) {
        Leadership leadership = cluster.leadership();
        if (leadership.role() != view.role()) {
            return " beside a primary";
        }
        return leadership
                .leader()
                .map(leader -> ", but " + leader + " leads")
                .orElse(" like another node, and nothing tells which is the newer");
    }

    private Optional<String> objectionToReplica(String node) {
        return cluster.objection(node, nowNanos)
                .or(() -> bySynchrony(node))
                .or(() -> byTags("replica", node))
                .or(() -> tooFarBehind(node));
    }

    private Optional<String> bySynchrony(String node) {
        boolean synchronous = cluster.node(node).isSynchronous();
        boolean fits =
                switch (listener.route()) {
                    case SYNC -> synchronous;
                    case ASYNC -> !synchronous;
                    case PRIMARY, LEADER, REPLICA, ANY -> true;
                };
        return fits ? Optional.empty() : Optional.of("replica, " + (synchronous ? "synchronous" : "asynchronous"));
    }

    /** Sorted, so that the reason named is the same one every time. */
    private Optional<String> byTags(String role, String node) {
        ReadsConfig reads = listener.reads();
        NodeHealth health = cluster.node(node);
        Optional<String> missing = reads.requiredTags().entrySet().stream()
                .filter(tag -> !health.hasTag(tag.getKey(), tag.getValue()))
                .map(tag -> role + " without the tag " + text(tag))
                .sorted()
                .findFirst();
        if (missing.isEmpty() && !reads.refusedTags().isEmpty() && health.hasCutTags()) {
            return Optional.of(
                    role + " with more than " + PatroniTags.MAX_TAGS + " tags, a refused one may be among them");
        }
        return missing.or(() -> reads.refusedTags().entrySet().stream()
                .filter(tag -> health.hasTag(tag.getKey(), tag.getValue()))
                .map(tag -> role + " with the refused tag " + text(tag))
                .sorted()
                .findFirst());
    }

    /** Why a replica is kept out for its lag; empty if it is not. */
    Optional<String> tooFarBehind(String node) {
        return gates.isOpen(listener, node)
                ? Optional.empty()
                : Optional.of("replica too far behind, or not measured yet");
    }

    private static String text(Map.Entry<String, String> tag) {
        return tag.getKey() + ": " + tag.getValue();
    }
}
