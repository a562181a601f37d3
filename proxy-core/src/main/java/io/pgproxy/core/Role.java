package io.pgproxy.core;

/** What a node is to a session: the reason why the session was sent there, and so why it may stay. */
public enum Role {
    PRIMARY,
    REPLICA,
    /** Primary, or leader of a standby cluster. */
    LEADER,
    /** Primary or replica, whichever it is. */
    ANY,
    /** The primary, in the place of a replica that there was not. */
    FALLBACK
}
