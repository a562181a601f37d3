package io.pgproxy.vip.machine;

import java.util.Optional;

/** Whether a primary is in sight here, and if not, whether another member sees one (rule 14). */
final class PrimarySight {
    private final Preferences preferences;
    private final Conditions conditions;
    private boolean seen;
    private long sinceNanos;

    PrimarySight(Preferences preferences, Conditions conditions) {
        this.preferences = preferences;
        this.conditions = conditions;
    }

    /** The program starts. */
    void begin(long nowNanos) {
        sinceNanos = nowNanos;
    }

    void told(boolean nowSeen, long nowNanos) {
        if (nowSeen != seen) {
            seen = nowSeen;
            sinceNanos = nowNanos;
        }
    }

    boolean isSeen() {
        return seen;
    }

    /** Since when it is as it is. */
    long sinceNanos() {
        return sinceNanos;
    }

    /** Who would claim the address and sees a primary, while none is in sight here; nobody if that is no reason. */
    Optional<Member> elsewhere(long nowNanos) {
        return elsewhereFor(0, nowNanos);
    }

    /**
     * The same, if it has been so for long enough to let go. Both halves of it: when a new primary comes up, one of us
     * sees it first, and the other has seen none for a long time.
     */
    Optional<Member> elsewhereForLong(long nowNanos) {
        return elsewhereFor(preferences.handoverAfterNanos().orElse(0), nowNanos);
    }

    private Optional<Member> elsewhereFor(long lengthNanos, long nowNanos) {
        if (seen || preferences.handoverAfterNanos().isEmpty() || nowNanos < sinceNanos + lengthNanos) {
            return Optional.empty();
        }
        return conditions.offeringFor(lengthNanos, nowNanos);
    }
}
