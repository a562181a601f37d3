package io.pgproxy.config;

import io.pgproxy.config.ReadsConfig.Fallback;
import java.time.Duration;
import java.util.List;

/**
 * One address that clients connect to, and where its sessions go. Immutable.
 *
 * @param name the name in logs, metrics and status; unique
 * @param slowStart how long a node that became eligible gets less than its share of new sessions, 0s to 10m; of no
 *     effect with {@link Balance#SOURCE}
 * @param reads {@link ReadsConfig#NONE} unless {@link Route#servesReads()}
 * @param policies {@link PoliciesConfig#DEFAULTS} unless {@link Route#servesReads()}
 */
public record ListenerConfig(
        String name,
        BindAddress bind,
        Route route,
        Balance balance,
        Duration slowStart,
        ReadsConfig reads,
        RulesConfig rules,
        PoliciesConfig policies) {
    /** What {@code slow-start} is where the file does not say. */
    public static final Duration DEFAULT_SLOW_START = Duration.ofSeconds(30);

    /** What applies where the file says nothing: writes on PostgreSQL's own port, reads on the next. */
    public static final List<ListenerConfig> DEFAULTS = List.of(
            withDefaults("primary", new BindAddress("*", 5432), Route.PRIMARY),
            withDefaults("replicas", new BindAddress("*", 5433), Route.REPLICA));

    /** A listener with nothing said but what is required. */
    public static ListenerConfig withDefaults(String name, BindAddress bind, Route route) {
        // Reads that die with the last replica are what users complain of, so whoever says nothing gets the primary.
        ReadsConfig reads =
                route.leavesThePrimaryOut() ? ReadsConfig.NONE.withFallback(Fallback.PRIMARY) : ReadsConfig.NONE;
        return new ListenerConfig(
                name,
                bind,
                route,
                Balance.LEAST_CONNECTIONS,
                DEFAULT_SLOW_START,
                reads,
                RulesConfig.NONE,
                PoliciesConfig.DEFAULTS);
    }

    /** The same, with those reads. */
    public ListenerConfig withReads(ReadsConfig other) {
        return new ListenerConfig(name, bind, route, balance, slowStart, other, rules, policies);
    }

    /** The same, with those rules. */
    public ListenerConfig withRules(RulesConfig other) {
        return new ListenerConfig(name, bind, route, balance, slowStart, reads, other, policies);
    }

    /** The same, with that balance. */
    public ListenerConfig withBalance(Balance other) {
        return new ListenerConfig(name, bind, route, other, slowStart, reads, rules, policies);
    }

    /** The same, with those policies. */
    public ListenerConfig withPolicies(PoliciesConfig other) {
        return new ListenerConfig(name, bind, route, balance, slowStart, reads, rules, other);
    }

    /** Which nodes a listener's sessions may go to. */
    public enum Route {
        /** The node that holds Patroni's leader lock and is a writable primary. */
        PRIMARY,
        /** The primary, or the leader of a standby cluster. */
        LEADER,
        /** Streaming replicas. */
        REPLICA,
        /** Of the replicas those that a commit waits for, by Patroni's word. */
        SYNC,
        /** Of the replicas those that no commit waits for. */
        ASYNC,
        /** Replicas, and the primary as one among them. */
        ANY;

        /** Whether conditions on replicas mean anything to it. */
        public boolean servesReads() {
            return switch (this) {
                case PRIMARY, LEADER -> false;
                case REPLICA, SYNC, ASYNC, ANY -> true;
            };
        }

        /** Whether it can be left without anybody while there is a primary. */
        public boolean leavesThePrimaryOut() {
            return servesReads() && this != ANY;
        }
    }

    /** How one of several equally good nodes is chosen; each heeds the nodes' weights. */
    public enum Balance {
        LEAST_CONNECTIONS,
        ROUND_ROBIN,
        /** The less loaded one of two that are drawn. */
        RANDOM,
        /** The same source goes to the same node, as far as there are the same nodes. */
        SOURCE
    }
}
