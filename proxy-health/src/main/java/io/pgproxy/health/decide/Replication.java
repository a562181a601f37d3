package io.pgproxy.health.decide;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How the replicas keep up with the leader. Immutable.
 *
 * @param maxSampleAgeNanos a leader's position older than this measures nothing: the last lag stands
 * @param positions of the leader
 * @param lags by node, as last measured
 * @param newestTimeline the leader's, also after it has gone
 * @param newestSinceNanos since when that is the newest
 */
public record Replication(
        long maxSampleAgeNanos,
        LeaderPositions positions,
        Map<String, Lag> lags,
        OptionalLong newestTimeline,
        long newestSinceNanos) {
    private static final String STREAMING = "streaming";

    public Replication {
        lags = Map.copyOf(lags);
    }

    static Replication nothingKnown(long maxSampleAgeNanos, long horizonNanos) {
        return new Replication(
                maxSampleAgeNanos, LeaderPositions.none(horizonNanos), Map.of(), OptionalLong.empty(), 0);
    }

    /** How far behind the node was when last measured. */
    public Optional<Lag> lag(String node) {
        return Optional.ofNullable(lags.get(node));
    }

    /** The same, with no measurement of any other node. */
    Replication ofThese(Set<String> nodes) {
        Map<String, Lag> next = new HashMap<>(lags);
        next.keySet().retainAll(nodes);
        return new Replication(maxSampleAgeNanos, positions, next, newestTimeline, newestSinceNanos);
    }

    /** The same, after a good answer of the leader. */
    Replication afterLeader(NodeHealth leader, long nowNanos) {
        OptionalLong position = leader.answer().orElseThrow().wal().ofLeader();
        LeaderPositions next = position.isEmpty()
                ? positions
                : positions.with(
                        leader.name() + "/" + leader.timeline().orElse(0),
                        new LeaderPositions.Sample(nowNanos, position.getAsLong()));
        boolean newTimeline =
                leader.timeline().isPresent() && !leader.timeline().equals(newestTimeline);
        return new Replication(
                maxSampleAgeNanos,
                next,
                lags,
                newTimeline ? leader.timeline() : newestTimeline,
                newTimeline ? nowNanos : newestSinceNanos);
    }

    /** The same, after a good answer of a replica. */
    Replication afterReplica(NodeHealth replica, long askedNanos) {
        OptionalLong replayed = replica.answer().orElseThrow().wal().replayed();
        Optional<Lag> lag = replayed.isEmpty()
                ? Optional.empty()
                : positions.lagOf(replayed.getAsLong(), askedNanos, maxSampleAgeNanos);
        if (lag.isEmpty()) {
            return this;
        }
        Map<String, Lag> next = new HashMap<>(lags);
        next.put(replica.name(), lag.get());
        return new Replication(maxSampleAgeNanos, positions, next, newestTimeline, newestSinceNanos);
    }

    /** Why a running replica gets no new sessions on any listener; empty if it may. Lag is judged by listener. */
    Optional<String> objection(NodeHealth replica, long nowNanos, long staleAfterNanos) {
        Optional<PatroniAnswer> answer = replica.answer();
        if (answer.filter(said -> said.flags().noLoadBalance()).isPresent()) {
            return Optional.of("tagged noloadbalance");
        }
        Optional<String> replicationState = answer.flatMap(PatroniAnswer::replicationState);
        if (replicationState.isPresent() && !replicationState.get().equals(STREAMING)) {
            return Optional.of("does not stream"); // the word is the node's own, and this goes into the table
        }
        return isLeftBehind(replica, nowNanos, staleAfterNanos)
                ? Optional.of("still on timeline " + replica.timeline().orElse(0))
                : Optional.empty();
    }

    private boolean isLeftBehind(NodeHealth replica, long nowNanos, long staleAfterNanos) {
        return newestTimeline.isPresent()
                && replica.timeline().isPresent()
                && replica.timeline().getAsLong() < newestTimeline.getAsLong()
                && nowNanos - newestSinceNanos >= staleAfterNanos;
    }
}
