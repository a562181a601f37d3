package io.pgproxy.health.decide;

import java.util.List;
import java.util.Optional;

/**
 * Which cluster is ours, and who does not belong to it. Immutable.
 *
 * <p>A configured scope always stands. The system identifier is learned by vote: until more than half of the
 * configured nodes have shown the same one, what most of those heard so far show is taken (the one heard first, if
 * they draw), so that a single node of another cluster that happens to answer first is outvoted as soon as the others
 * answer. From then on it is settled, and only a restore changes it: more than half of the nodes answer, nobody shows
 * the old identifier any more or was silent when last it did, and those that show one agree on the new. (A node that is
 * being copied from the restored primary shows none.) Where only one node of another cluster answers at the start,
 * nothing tells; a configured scope does.
 *
 * @param configured what the operator wrote
 * @param accepted what counts as ours at present
 * @param settled whether more than half of the nodes have agreed on it
 */
public record ClusterIdentity(Identity configured, Identity accepted, boolean settled) {
    static ClusterIdentity configured(Optional<String> scope) {
        Identity identity = new Identity(scope, Optional.empty());
        return new ClusterIdentity(identity, identity, false);
    }

    ClusterIdentity after(List<NodeHealth> nodes) {
        List<Identity> shown = nodes.stream()
                .filter(ClusterIdentity::votes)
                .map(NodeHealth::shows)
                .filter(identity -> !identity.contradicts(configured))
                .toList();
        List<Identity> votes = shown.stream()
                .filter(identity -> identity.systemIdentifier().isPresent())
                .toList();
        if (!settled) {
            return afterVote(votes, nodes.size());
        }
        return nodes.stream().anyMatch(this::isSilentMember) ? this : afterRestore(shown.size(), votes, nodes.size());
    }

    /** Why the node is refused; empty if it may be ours. */
    Optional<String> refuses(NodeHealth node) {
        Identity shown = node.memory().identity();
        Identity ours = accepted.orElse(configured);
        return shown.contradicts(ours) || shown.contradicts(configured)
                ? Optional.of("another cluster: " + shown.text() + " (ours: " + ours.text() + ")")
                : Optional.empty();
    }

    private ClusterIdentity afterVote(List<Identity> votes, int nodes) {
        Identity best = accepted;
        for (Identity vote : votes) {
            if (supporters(vote, votes) > supporters(best, votes)) {
                best = vote;
            }
        }
        return new ClusterIdentity(configured, best.orElse(configured), 2 * supporters(best, votes) > nodes);
    }

    private ClusterIdentity afterRestore(int answering, List<Identity> votes, int nodes) {
        boolean moved = !votes.isEmpty()
                && 2 * answering > nodes
                && votes.stream().allMatch(vote -> vote.contradicts(accepted))
                && supporters(votes.get(0), votes) == votes.size();
        return moved ? new ClusterIdentity(configured, votes.get(0).orElse(configured), true) : this;
    }

    /**
     * It may still be the primary of the cluster that was ours: then the others are strangers, whatever their number.
     */
    private boolean isSilentMember(NodeHealth node) {
        Identity remembered = node.memory().identity();
        return node.state() == NodeState.STALE && !remembered.isEmpty() && !remembered.contradicts(accepted);
    }

    private static int supporters(Identity candidate, List<Identity> votes) {
        return candidate.systemIdentifier().isEmpty()
                ? 0
                : (int) votes.stream()
                        .filter(vote -> !vote.contradicts(candidate))
                        .count();
    }

    /** Who is silent for long may have been anything since; who was never heard has no vote at all. */
    private static boolean votes(NodeHealth node) {
        return switch (node.state()) {
            case UP, SILENT, WAITING, DOWN, REFUSED -> true;
            case UNKNOWN, STALE -> false;
        };
    }
}
