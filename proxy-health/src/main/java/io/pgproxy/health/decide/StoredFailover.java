package io.pgproxy.health.decide;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A switchover that somebody has asked Patroni for. Immutable; the names are safe to print.
 *
 * @param leader who is to give up the lead, if that was said
 * @param candidate who is to have it, if that was said
 * @param scheduledMillis when, by the wall clock, in milliseconds since 1970; empty for now
 */
public record StoredFailover(Optional<String> leader, Optional<String> candidate, OptionalLong scheduledMillis) {
    /**
     * Patroni drops a switchover whose time is over for longer than one and a half of its loops, 15 s by default. Clocks
     * differ.
     */
    private static final long MISSED_MILLIS = 60_000;

    /** Whether its time is yet to come. */
    boolean isForLater(long wallMillis) {
        return scheduledMillis.isPresent() && scheduledMillis.getAsLong() > wallMillis;
    }

    /** Whether it is for now. */
    boolean isDue(long wallMillis) {
        return scheduledMillis.isEmpty()
                || (!isForLater(wallMillis) && wallMillis - scheduledMillis.getAsLong() < MISSED_MILLIS);
    }

    /** Whether it asks something of that leader: Patroni drops what is for another one, and what has happened. */
    boolean concerns(Optional<String> of) {
        return (leader.isEmpty() || leader.equals(of)) && !candidate.equals(of);
    }
}
