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
    /** Whether it is for now. */
    boolean isDue(long wallMillis) {
        return scheduledMillis.isEmpty() || scheduledMillis.getAsLong() <= wallMillis;
    }

    /** Whether it asks something of that leader: Patroni drops what is for another one, and what has happened. */
    boolean concerns(Optional<String> of) {
        return (leader.isEmpty() || leader.equals(of)) && !candidate.equals(of);
    }
}
