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
    ROLE_LOST("role_lost", "", Level.DEBUG),
    /** The client left before it was answered. */
    CLIENT_LEFT("client_left", "", Level.DEBUG),
    /** No backend could be had within the time that a new session may wait. */
    HOLD_EXPIRED("hold_expired", "57P03", Level.DEBUG),
    /** The client did not say what it wants in time. */
    STARTUP_TIMEOUT("startup_timeout", "08P01", Level.DEBUG),
    /** The client does not speak PostgreSQL's protocol, or no PROXY header where one belongs. */
    PROTOCOL_VIOLATION("protocol_violation", "08P01", Level.DEBUG),
    /** The listener does not allow connections from there. */
    SOURCE_REFUSED("source_refused", "08004", Level.DEBUG),
    /** The source connects too often. */
    SOURCE_RATE_LIMIT("source_rate_limit", "53300", Level.DEBUG),
    /** There are as many sessions as may be. */
    SESSION_LIMIT("session_limit", "53300", Level.DEBUG),
    /** The listener has as many sessions as it may. */
    LISTENER_SESSION_LIMIT("listener_session_limit", "53300", Level.DEBUG),
    /** The source has as many sessions on the listener as it may. */
    SOURCE_SESSION_LIMIT("source_session_limit", "53300", Level.DEBUG),
    /** Every node has as many sessions of the listener as it may. */
    NODE_SESSION_LIMIT("node_session_limit", "53300", Level.DEBUG),
    /** As many sessions have fallen back to the primary as may. */
    FALLBACK_LIMIT("fallback_limit", "53300", Level.DEBUG),
    /** It made room for a newer connection, since there were as many without a first packet as may be. */
    STARTUP_LIMIT("startup_limit", "", Level.DEBUG),
    /** There are as many waiting sessions as may be. */
    PARKED_LIMIT("parked_limit", "53300", Level.DEBUG),
    /** There are as many cancel requests under way as may be. */
    CANCEL_LIMIT("cancel_limit", "", Level.DEBUG),
    /** The machine gave no socket or no port for a connection to the backend. */
    NO_SOCKET("no_socket", "53300", Level.DEBUG),
    /** One side had finished, and the other sent nothing for too long. */
    HALF_CLOSE_TIMEOUT("half_close_timeout", "", Level.INFO),
    /** A peer left sent data without any sign of life for too long. */
    UNACKNOWLEDGED("unacknowledged", "", Level.INFO),
    /** A cancel request was delivered, or there was nobody to deliver it to. */
    CANCEL_DONE("cancel_done", "", Level.DEBUG),
    /** The program is stopping. */
    SHUTDOWN("shutdown", "57P01", Level.DEBUG),
    /** A mistake of ours; the log has the trace. */
    INTERNAL_ERROR("internal_error", "", Level.ERROR);

    private final String label;
    private final String sqlState;
    private final Level level;

    CloseReason(String label, String sqlState, Level level) {
        this.label = label;
        this.sqlState = sqlState;
        this.level = level;
    }

    /** The value of the metrics' label {@code reason}. */
    public String label() {
        return label;
    }

    /** How loudly the end of one connection is logged. */
    Level level() {
        return level;
    }

    /** Whether an operator can mend it, by a rule or a limit, so that it is told once a minute how often it happened. */
    boolean isLimit() {
        return switch (this) {
            case HOLD_EXPIRED,
                    SOURCE_REFUSED,
                    SOURCE_RATE_LIMIT,
                    SESSION_LIMIT,
                    LISTENER_SESSION_LIMIT,
                    SOURCE_SESSION_LIMIT,
                    NODE_SESSION_LIMIT,
                    FALLBACK_LIMIT,
                    STARTUP_LIMIT,
                    PARKED_LIMIT,
                    CANCEL_LIMIT,
                    NO_SOCKET -> true;
            case CLIENT_CLOSED,
                    CLIENT_RESET,
                    BACKEND_CLOSED,
                    BACKEND_RESET,
                    ROLE_LOST,
                    CLIENT_LEFT,
                    STARTUP_TIMEOUT,
                    PROTOCOL_VIOLATION,
                    HALF_CLOSE_TIMEOUT,
                    UNACKNOWLEDGED,
                    CANCEL_DONE,
                    SHUTDOWN,
                    INTERNAL_ERROR -> false;
        };
    }

    /** Whether its log line tells from how many sources the refused came. */
    boolean isAboutSources() {
        return switch (this) {
            case SOURCE_REFUSED, SOURCE_RATE_LIMIT, SOURCE_SESSION_LIMIT, STARTUP_LIMIT -> true;
            case HOLD_EXPIRED,
                    SESSION_LIMIT,
                    LISTENER_SESSION_LIMIT,
                    NODE_SESSION_LIMIT,
                    FALLBACK_LIMIT,
                    PARKED_LIMIT,
                    CANCEL_LIMIT,
                    NO_SOCKET,
                    CLIENT_CLOSED,
                    CLIENT_RESET,
                    BACKEND_CLOSED,
                    BACKEND_RESET,
                    ROLE_LOST,
                    CLIENT_LEFT,
                    STARTUP_TIMEOUT,
                    PROTOCOL_VIOLATION,
                    HALF_CLOSE_TIMEOUT,
                    UNACKNOWLEDGED,
                    CANCEL_DONE,
                    SHUTDOWN,
                    INTERNAL_ERROR -> false;
        };
    }

    /** The SQLSTATE of the FATAL that announces it; empty where the client is told nothing. */
    public String sqlState() {
        return sqlState;
    }
}
