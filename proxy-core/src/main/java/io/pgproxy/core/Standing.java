package io.pgproxy.core;

/** What sessions may do on a node in one {@link Role}. */
public enum Standing {
    /** New sessions may go there; those there stay. */
    GO,
    /** No new sessions; those there stay. Whoever made the table does not know, or only waits. */
    STAY,
    /** No new sessions; those there may finish, for as long as their listener gives them. */
    DRAIN,
    /** No new sessions; those there end at once. The node has verifiably lost the role. */
    END
}
