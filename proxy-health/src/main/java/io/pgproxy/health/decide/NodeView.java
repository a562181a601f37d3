package io.pgproxy.health.decide;

import java.util.Optional;

/**
 * What a node is, all things considered: its own answers, whose cluster it belongs to and who leads. Immutable.
 *
 * @param reason half a sentence, safe to print
 * @param sinceNanos since when it is in this state and role
 */
public record NodeView(String name, NodeState state, NodeRole role, String reason, long sinceNanos) {
    NodeView next(NodeHealth node, ClusterIdentity ours, Leadership leadership, long nowNanos) {
        Optional<String> refusal = ours.refuses(node);
        if (refusal.isPresent()) {
            return become(NodeState.REFUSED, NodeRole.NONE, refusal.get(), nowNanos);
        }
        String overruled = leadership.overruled().get(name);
        return overruled != null
                ? become(NodeState.DOWN, NodeRole.NONE, overruled, nowNanos)
                : become(node.state(), node.role(), node.reason(), nowNanos);
    }

    /** Whether it is in that role and new sessions may go there, as far as its state is concerned. */
    boolean isTrusted(NodeRole as) {
        return role == as && state.trusted();
    }

    /** Whether it is in another state or role than before: worth a line in the log. */
    public boolean differsFrom(NodeView before) {
        return state != before.state || role != before.role;
    }

    /** Such as {@code node pg103 UP -> DOWN: /primary 503, role replica (was primary)}. */
    String transitionFrom(NodeView before) {
        return "node " + name + " " + before.state + " -> " + state + ": " + reason;
    }

    private NodeView become(NodeState nextState, NodeRole nextRole, String why, long nowNanos) {
        boolean same = nextState == state && nextRole == role;
        return new NodeView(name, nextState, nextRole, why, same ? sinceNanos : nowNanos);
    }
}
