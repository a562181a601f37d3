package io.pgproxy.core;

import org.slf4j.event.Level;

/**
 * Why a connection ended: one word for logs and metrics, what the client is told where it can be told, and how loudly
 * the end of one connection is logged. What ends many at once is quiet for each of them where the sum is told in a line
 * of its own.
 */
public enum CloseReason {
    /** The client ended the session. */
    CLIENT_CLOSED("client_closed", "", Level.DEBUG),
    /** The client's connection broke. */
    CLIENT_RESET("client_reset", "", Level.DEBUG),
    /** The backend ended the session. */
    BACKEND_CLOSED("backend_closed", "", Level.DEBUG),
    /** The backend's connection broke. */
    BACKEND_RESET("backend_reset", "", Level.INFO),
    /** The node verifiably lost the role for which the session was there; each loop tells how many it ended. */
    ROLE_LOST("role_lost", "57P01", Level.DEBUG),
    /** The session had its time to finish where its listener wants no sessions any more. */
    DRAINED("drained", "57P01", Sum.ENDED),
    /** The session was on the primary for want of a replica, and there are replicas again. */
    FALLBACK_RETURN("fallback_return", "57P01", Sum.ENDED),
    /** The client left before it was answered. */
    CLIENT_LEFT("client_left", "", Level.DEBUG),
    /** No backend could be had within the time that a new session may wait. */
    HOLD_EXPIRED("hold_expired", "57P03", Sum.COUNTED),
    /** Every backend ended its connection when it was told the client's first words, and did so again after a rest. */
    BACKEND_HUNG_UP("backend_hung_up", "08006", Sum.COUNTED),
    /** The client did not say what it wants in time. */
    STARTUP_TIMEOUT("startup_timeout", "08P01", Level.DEBUG),
    /** The client does not speak PostgreSQL's protocol. */
    PROTOCOL_VIOLATION("protocol_violation", "08P01", Level.DEBUG),
    /** A balancer from which a PROXY header is wanted sends none. */
    PROXY_HEADER_MISSING("proxy_header_missing", "08P01", Sum.BY_SOURCE),
    /** A balancer from which a PROXY header is wanted sends one that cannot be read. */
    PROXY_HEADER_WRONG("proxy_header_wrong", "08P01", Sum.BY_SOURCE),
    /** A PROXY header came from somebody who is not trusted with one. */
    PROXY_HEADER_REFUSED("proxy_header_refused", "08P01", Sum.BY_SOURCE),
    /** The listener does not allow connections from there. */
    SOURCE_REFUSED("source_refused", "08004", Sum.BY_SOURCE),
    /** The source connects too often. */
    SOURCE_RATE_LIMIT("source_rate_limit", "53300", Sum.BY_SOURCE),
    /** There are as many sessions as may be. */
    SESSION_LIMIT("session_limit", "53300", Sum.COUNTED),
    /** The listener has as many sessions as it may. */
    LISTENER_SESSION_LIMIT("listener_session_limit", "53300", Sum.COUNTED),
    /** The source has as many sessions on the listener as it may. */
    SOURCE_SESSION_LIMIT("source_session_limit", "53300", Sum.BY_SOURCE),
    /** Every node has as many sessions of the listener as it may. */
    NODE_SESSION_LIMIT("node_session_limit", "53300", Sum.COUNTED),
    /** As many sessions have fallen back to the primary as may. */
    FALLBACK_LIMIT("fallback_limit", "53300", Sum.COUNTED),
    /** It made room for a newer connection, since there were as many without a first packet as may be. */
    STARTUP_LIMIT("startup_limit", "", Sum.BY_SOURCE),
    /** There are as many waiting sessions as may be. */
    PARKED_LIMIT("parked_limit", "53300", Sum.COUNTED),
    /** There are as many cancel requests under way as may be. */
    CANCEL_LIMIT("cancel_limit", "", Sum.COUNTED),
    /** The machine gave no socket or no port for a connection to the backend. */
    NO_SOCKET("no_socket", "53300", Sum.COUNTED),
    /** One side had finished, and the other sent nothing for too long. */
    HALF_CLOSE_TIMEOUT("half_close_timeout", "", Level.INFO),
    /** A peer left sent data without any sign of life for too long. */
    UNACKNOWLEDGED("unacknowledged", "", Level.INFO),
    /** The client was told that TLS is granted, as it had been before, and the backend declined it. */
    TLS_CHANGED("tls_changed", "08006", Sum.COUNTED),
    /** A cancel request was delivered, or there was nobody to deliver it to. */
    CANCEL_DONE("cancel_done", "", Level.DEBUG),
    /** The address by which the client came moves to another host; a line tells how many ended so. */
    ADDRESS_MOVED("address_moved", "57P01", Level.DEBUG),
    /** It came by an address by which nobody is let in, since it is about to move, or has not come yet. */
    ADDRESS_CLOSED("address_closed", "", Level.DEBUG),
    /** An operator has ended it, alone or with others; a line tells how many. */
    ENDED_BY_OPERATOR("ended_by_operator", "57P01", Level.DEBUG),
    /** The program is stopping. */
    SHUTDOWN("shutdown", "57P01", Level.DEBUG),
    /** A mistake of ours; the log has the trace. */
    INTERNAL_ERROR("internal_error", "", Level.ERROR);

    /** Whether the log tells once a minute how many connections ended for it, since an operator can mend it. */
    enum Sum {
        /** Not; each end has a line of its own. */
        NONE,
        COUNTED,
        /** And from how many sources they came. */
        BY_SOURCE,
        /** Counted, and they had worked: an operator has asked for it and wants to see it happen. */
        ENDED
    }

    private final String label;
    private final String sqlState;
    private final Level level;
    private final Sum sum;

    CloseReason(String label, String sqlState, Level level) {
        this(label, sqlState, level, Sum.NONE);
    }

    /** A rule or a limit: the sum is what is loud. */
    CloseReason(String label, String sqlState, Sum sum) {
        this(label, sqlState, Level.DEBUG, sum);
    }

    CloseReason(String label, String sqlState, Level level, Sum sum) {
        this.label = label;
        this.sqlState = sqlState;
        this.level = level;
        this.sum = sum;
    }

    /** The value of the metrics' label {@code reason}. */
    public String label() {
        return label;
    }

    /** The SQLSTATE of the FATAL that announces it; empty where the client is told nothing. */
    public String sqlState() {
        return sqlState;
    }

    /** Whether it keeps out sessions only, and whoever wants none may be served in spite of it. */
    boolean isLimitOnSessions() {
        return switch (this) {
            case SESSION_LIMIT,
                    LISTENER_SESSION_LIMIT,
                    SOURCE_SESSION_LIMIT,
                    NODE_SESSION_LIMIT,
                    FALLBACK_LIMIT,
                    PARKED_LIMIT -> true;
            case CLIENT_CLOSED,
                    CLIENT_RESET,
                    BACKEND_CLOSED,
                    BACKEND_RESET,
                    ROLE_LOST,
                    DRAINED,
                    FALLBACK_RETURN,
                    CLIENT_LEFT,
                    HOLD_EXPIRED,
                    STARTUP_TIMEOUT,
                    PROTOCOL_VIOLATION,
                    PROXY_HEADER_MISSING,
                    PROXY_HEADER_WRONG,
                    PROXY_HEADER_REFUSED,
                    SOURCE_REFUSED,
                    SOURCE_RATE_LIMIT,
                    STARTUP_LIMIT,
                    CANCEL_LIMIT,
                    NO_SOCKET,
                    BACKEND_HUNG_UP,
                    HALF_CLOSE_TIMEOUT,
                    UNACKNOWLEDGED,
                    TLS_CHANGED,
                    CANCEL_DONE,
                    ADDRESS_MOVED,
                    ADDRESS_CLOSED,
                    ENDED_BY_OPERATOR,
                    SHUTDOWN,
                    INTERNAL_ERROR -> false;
        };
    }

    /** How loudly the end of one connection is logged. */
    Level level() {
        return level;
    }

    Sum sum() {
        return sum;
    }
}
