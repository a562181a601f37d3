package io.pgproxy.core;

import java.time.Duration;

/**
 * Lets a node that has just become a candidate grow into its weight, from a tenth of it to all of it on a straight
 * line: its caches are cold. Immutable.
 *
 * @param lengthNanos 0 for none
 */
record SlowStart(long lengthNanos) {
    static final SlowStart NONE = new SlowStart(0);
    private static final double FIRST = 0.1;

    SlowStart(Duration length) {
        this(length.toNanos());
    }

    /** What the candidate's weight is worth at that time. */
    double weight(Candidate candidate, long nowNanos) {
        if (candidate.eligibleSinceNanos().isEmpty()) {
            return candidate.weight();
        }
        long sinceNanos = Math.max(0, nowNanos - candidate.eligibleSinceNanos().getAsLong());
        if (sinceNanos >= lengthNanos) {
            return candidate.weight();
        }
        return candidate.weight() * (FIRST + (1 - FIRST) * sinceNanos / lengthNanos);
    }
}
