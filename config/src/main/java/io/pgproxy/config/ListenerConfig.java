package io.pgproxy.config;

import java.util.List;

/**
 * One address that clients connect to, and where its sessions go. Immutable.
 *
 * @param name the name in logs, metrics and status; unique
 * @param maxLag how far a replica may be behind and still get new sessions; {@link MaxLag#NONE} unless {@link Route#REPLICA}
 * @param fallback who serves reads while no replica can; {@link Fallback#NONE} unless {@link Route#REPLICA}
 */
public record ListenerConfig(
        String name, BindAddress bind, Route route, Balance balance, MaxLag maxLag, Fallback fallback) {
    /** What applies where the file says nothing: writes on PostgreSQL's own port, reads on the next. */
    public static final List<ListenerConfig> DEFAULTS = List.of(
            new ListenerConfig(
                    "primary",
                    new BindAddress("*", 5432),
                    Route.PRIMARY,
                    Balance.LEAST_CONNECTIONS,
                    MaxLag.NONE,
                    Fallback.NONE),
            new ListenerConfig(
                    "replicas",
                    new BindAddress("*", 5433),
                    Route.REPLICA,
                    Balance.LEAST_CONNECTIONS,
                    MaxLag.NONE,
                    Fallback.PRIMARY));

    /** Which nodes a listener's sessions may go to. */
    public enum Route {
        /** The node that holds Patroni's leader lock and is a writable primary. */
        PRIMARY,
        /** Streaming replicas. */
        REPLICA,
        /** The primary, or the leader of a standby cluster. */
        LEADER
    }

    /** How one of several equally good nodes is chosen. */
    public enum Balance {
        LEAST_CONNECTIONS,
        ROUND_ROBIN
    }

    /** Who serves reads while no replica can. */
    public enum Fallback {
        NONE,
        PRIMARY
    }
}
