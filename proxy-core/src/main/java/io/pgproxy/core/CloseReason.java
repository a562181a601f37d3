package io.pgproxy.core;

/** Why a connection ended: one word for logs and metrics, and what the client is told where it can be told. */
public enum CloseReason {
    /** The client ended the session. */
    CLIENT_CLOSED("client_closed", ""),
    /** The client's connection broke. */
    CLIENT_RESET("client_reset", ""),
    /** The backend ended the session. */
    BACKEND_CLOSED("backend_closed", ""),
    /** The backend's connection broke. */
    BACKEND_RESET("backend_reset", ""),
    /** The node verifiably lost the role for which the session was there. */
    ROLE_LOST("role_lost", ""),
    /** The client left before it was answered. */
    CLIENT_LEFT("client_left", ""),
    /** No backend could be had within the time that a new session may wait. */
    HOLD_EXPIRED("hold_expired", "57P03"),
    /** The client did not say what it wants in time. */
    STARTUP_TIMEOUT("startup_timeout", "08P01"),
    /** The client does not speak PostgreSQL's protocol. */
    PROTOCOL_VIOLATION("protocol_violation", "08P01"),
    /** There are as many sessions as may be. */
    SESSION_LIMIT("session_limit", "53300"),
    /** There are as many connections without a first packet as may be. */
    STARTUP_LIMIT("startup_limit", ""),
    /** There are as many waiting sessions as may be. */
    PARKED_LIMIT("parked_limit", "53300"),
    /** One side had finished, and the other sent nothing for too long. */
    HALF_CLOSE_TIMEOUT("half_close_timeout", ""),
    /** A peer left sent data without any sign of life for too long. */
    UNACKNOWLEDGED("unacknowledged", ""),
    /** A cancel request was delivered, or there was nobody to deliver it to. */
    CANCEL_DONE("cancel_done", ""),
    /** The program is stopping. */
    SHUTDOWN("shutdown", "57P01"),
    /** A mistake of ours; the log has the trace. */
    INTERNAL_ERROR("internal_error", "");

    private final String label;
    private final String sqlState;

    CloseReason(String label, String sqlState) {
        this.label = label;
        this.sqlState = sqlState;
    }

    /** The value of the metrics' label {@code reason}. */
    public String label() {
        return label;
    }

    /** Whether it means that something ran out: places, or the time that a client may wait. */
    boolean isLimit() {
        return switch (this) {
            case HOLD_EXPIRED, SESSION_LIMIT, STARTUP_LIMIT, PARKED_LIMIT -> true;
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

    /** The SQLSTATE of the FATAL that announces it; empty where the client is told nothing. */
    public String sqlState() {
        return sqlState;
    }
}
