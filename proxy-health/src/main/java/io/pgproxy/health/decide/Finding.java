package io.pgproxy.health.decide;

/**
 * What one check says, before anything is remembered: the rows of the table of verdicts (DESIGN, "Health").
 *
 * <p>GET /primary is 200 exactly while the node holds Patroni's leader lock. That alone makes no primary: the holder
 * may not have been promoted yet, or its postmaster may hang.
 */
enum Finding {
    /** Yes: a primary with the lock, running. */
    PRIMARY,
    /** Yes: it leads a standby cluster, running. */
    STANDBY_LEADER,
    /** Yes: a replica, running. For a leader it is a no. */
    REPLICA,
    /** Not now: on its way up or down. PostgreSQL ends its own sessions if it has to; we do not cut in first. */
    NOT_NOW,
    /** A standby that does not run: a no for a primary, not now for the standby that it was. */
    NOT_RUNNING,
    /** No: it verifiably has no role. */
    NO_ROLE,
    /** No verdict. */
    SILENCE,
    /** Not even silence: nobody was really asked. */
    OUR_FAULT;

    static Finding of(ProbeOutcome outcome) {
        return switch (outcome.kind()) {
            case ANSWERED -> of(outcome.answer().orElseThrow());
            case TIMED_OUT, NO_CONNECTION, GARBAGE, UNRESOLVED -> SILENCE;
            case OUR_FAULT -> OUR_FAULT;
        };
    }

    private static Finding of(PatroniAnswer answer) {
        boolean running = answer.state() == PatroniState.RUNNING;
        if (answer.status() == 200) {
            return running && answer.role() == PatroniRole.PRIMARY ? PRIMARY : NOT_NOW;
        }
        if (answer.state() == PatroniState.STOPPING) {
            return NOT_NOW;
        }
        return switch (answer.role()) {
            case PRIMARY -> NOT_NOW; // Patroni restarted and has no lock yet
            case REPLICA -> running ? REPLICA : NOT_RUNNING;
            case STANDBY_LEADER -> running ? STANDBY_LEADER : NOT_RUNNING;
            case DEMOTED, UNINITIALIZED -> NO_ROLE;
            case OTHER -> NOT_NOW; // a word that we do not know must not end anybody's session
        };
    }
}
