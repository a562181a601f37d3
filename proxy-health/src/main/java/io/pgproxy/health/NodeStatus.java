package io.pgproxy.health;

import io.pgproxy.health.decide.NodeRole;
import io.pgproxy.health.decide.NodeState;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One node for the status page, as of one instant. Immutable; every text is safe to print.
 *
 * @param host as configured
 * @param address the resolved address that is asked; empty while the name does not resolve
 * @param inState since when it is in this state and role
 * @param reason the answer, or the lack of one, behind the state
 * @param lag how far a replica is behind, as last measured
 * @param answer what it last said; empty until it has answered once
 */
public record NodeStatus(
        String name,
        String host,
        Optional<String> address,
        NodeState state,
        NodeRole role,
        Duration inState,
        String reason,
        Lag lag,
        Optional<Answer> answer) {
    /**
     * How far behind.
     *
     * @param bytes of WAL that the leader had written and this node had not replayed
     * @param time at least this long ago the leader passed the position that this node has replayed
     */
    public record Lag(OptionalLong bytes, Optional<Duration> time) {}

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
            boolean noLoadBalance) {}
}
