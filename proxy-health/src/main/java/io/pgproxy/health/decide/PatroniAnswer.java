package io.pgproxy.health.decide;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a node's Patroni said to GET /primary: status 200 or 503 and a body that is Patroni's. Immutable; every text in
 * it is safe to print. An absent value is empty, and is never judged.
 *
 * @param roleWord the role in the node's own word
 * @param stateWord the state in the node's own word
 * @param timeline of PostgreSQL
 * @param replicationState of a replica: {@code streaming}, {@code in archive recovery}; Patroni 3.0 does not say
 * @param tags as many as are let in
 * @see <a href="https://patroni.readthedocs.io/en/latest/rest_api.html">Patroni's REST API</a>
 */
public record PatroniAnswer(
        int status,
        PatroniRole role,
        String roleWord,
        PatroniState state,
        String stateWord,
        OptionalLong timeline,
        Wal wal,
        Optional<String> replicationState,
        Flags flags,
        PatroniTags tags,
        Origin origin) {

    /**
     * Positions in the write-ahead log, in bytes.
     *
     * @param location of a primary: written so far
     * @param received of a standby
     * @param replayed of a standby
     */
    public record Wal(OptionalLong location, OptionalLong received, OptionalLong replayed) {
        static final Wal NONE = new Wal(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());

        /** How far a leader is: what it wrote, or what a standby leader has to hand on. */
        OptionalLong ofLeader() {
            if (location.isPresent()) {
                return location;
            }
            return received.isPresent() ? received : replayed;
        }
    }

    /**
     * What is on or off; absent is off.
     *
     * @param noLoadBalance the node's tag
     * @param synchronous commits wait for this replica, or for some of several that it is one of
     * @param paused automatic failover is switched off
     * @param clusterUnlocked nobody holds the leader lock
     * @param pendingRestart a setting waits for a restart of PostgreSQL
     */
    public record Flags(
            boolean noLoadBalance,
            boolean synchronous,
            boolean paused,
            boolean clusterUnlocked,
            boolean pendingRestart) {
        /**
         * Whether commits wait for this replica, given whether they did before. Patroni looks it up in its copy of the
         * cluster's state. Without etcd it has none: then it says that nobody holds the lock, and leaves the word out.
         * And while nobody does hold the lock, nobody changes who is synchronous. Either way the last word stands.
         */
        boolean synchronousAfter(boolean before) {
            return synchronous || (clusterUnlocked && before);
        }
    }

    /**
     * Who speaks.
     *
     * @param member Patroni's own name of the node; Patroni 3.0 does not say
     * @param version of Patroni
     * @param cluster whose member it is
     */
    public record Origin(Optional<String> member, Optional<String> version, Identity cluster) {}

    /** Whether it holds the leader lock and is not the primary yet: so it is from the lock to the end of its promotion. */
    boolean isPromising() {
        return status == 200 && role != PatroniRole.PRIMARY;
    }

    /** Such as {@code /primary 503, role replica, state stopping}; a running state goes without saying. */
    public String text() {
        String text = "/primary " + status + ", role " + roleWord;
        return state == PatroniState.RUNNING ? text : text + ", state " + stateWord;
    }
}
