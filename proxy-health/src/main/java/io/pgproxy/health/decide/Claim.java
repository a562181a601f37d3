package io.pgproxy.health.decide;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A node's word that it leads. It stands until the node itself takes it back: silence makes it stale, not void.
 * Immutable.
 *
 * @param names by which the leader key may mean this node: as configured, and as Patroni calls itself
 */
record Claim(String node, Set<String> names, NodeState state, OptionalLong timeline) {
    static Claim of(NodeHealth node) {
        Optional<String> member =
                node.answer().flatMap(answer -> answer.origin().member());
        Set<String> names = member.isPresent() && !member.get().equals(node.name())
                ? Set.of(node.name(), member.get())
                : Set.of(node.name());
        return new Claim(node.name(), names, node.state(), node.timeline());
    }

    boolean isOlderThan(Claim other) {
        return timeline.isPresent() && other.timeline.isPresent() && timeline.getAsLong() < other.timeline.getAsLong();
    }

    String overrules(Claim older) {
        return node + " is primary on the newer timeline " + timeline.orElse(0) + ", this one was on "
                + older.timeline.orElse(0);
    }

    boolean isNamed(Optional<LeaderKey> leaderKey) {
        return leaderKey.isPresent() && names.contains(leaderKey.get().member());
    }

    /** Such as {@code pg103 (timeline 6)}. */
    String text() {
        return timeline.isPresent() ? node + " (timeline " + timeline.getAsLong() + ")" : node + " (timeline unknown)";
    }
}
