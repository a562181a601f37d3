package io.pgproxy.health;

import io.pgproxy.config.NodeConfig;
import io.pgproxy.health.decide.ClusterHealth;
import io.pgproxy.health.decide.NodeHealth;
import io.pgproxy.health.decide.NodeRole;
import io.pgproxy.health.decide.NodeState;
import io.pgproxy.health.decide.NodeView;
import io.pgproxy.health.decide.PatroniAnswer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One node for the status page, as of one instant. Immutable; every text is safe to print.
 *
 * @param config where it is and what it is called, by the file or by its key in etcd
 * @param inState since when it is in this state and role
 * @param reason the answer, or the lack of one, behind the state
 * @param lag how far a replica is behind, as last measured
 * @param answer what it last said; empty until it has answered once
 */
public record NodeStatus(
        NodeConfig config,
        NodeState state,
        NodeRole role,
        Duration inState,
        String reason,
        Lag lag,
        Optional<Answer> answer) {
    static NodeStatus of(NodeConfig config, ClusterHealth cluster, long nowNanos) {
        String name = config.name();
        NodeHealth node = cluster.node(name);
        NodeView view = cluster.view(name);
        return new NodeStatus(
                config,
                view.state(),
                view.role(),
                Duration.ofNanos(nowNanos - view.sinceNanos()),
                view.reason(),
                Lag.of(cluster.replication().lag(name)),
                node.answer().map(said -> Answer.of(said, node, nowNanos)));
    }

    /** What it is called here. */
    public String name() {
        return config.name();
    }

    /**
     * How far behind.
     *
     * @param bytes of WAL that the leader had written and this node had not replayed
     * @param time at least this long ago the leader passed the position that this node has replayed
     */
    public record Lag(OptionalLong bytes, Optional<Duration> time) {
        private static Lag of(Optional<io.pgproxy.health.decide.Lag> measured) {
            return new Lag(
                    measured.map(lag -> OptionalLong.of(lag.bytes())).orElse(OptionalLong.empty()),
                    measured.map(lag -> Duration.ofNanos(lag.nanos())));
        }
    }

    /**
     * A node's own words.
     *
     * @param age time since the answer came
     * @param patroniVersion empty where an old Patroni does not say
     * @param paused automatic failover is switched off
     * @param pendingRestart a setting waits for a restart of PostgreSQL
     */
    public record Answer(
            Duration age,
            OptionalLong timeline,
            Optional<String> patroniVersion,
            boolean paused,
            boolean pendingRestart,
            boolean noLoadBalance) {
        private static Answer of(PatroniAnswer said, NodeHealth node, long nowNanos) {
            return new Answer(
                    Duration.ofNanos(nowNanos - node.answeredNanos().orElse(nowNanos)),
                    said.timeline(),
                    said.origin().version(),
                    said.flags().paused(),
                    said.flags().pendingRestart(),
                    said.flags().noLoadBalance());
        }
    }
}
