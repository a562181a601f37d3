package io.pgproxy.vip.machine;

import io.pgproxy.vip.machine.Action.Level;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Letting go of an address that could stay: because another member would serve the clients better (rules 14 and 15), or
 * since this one can't serve or is asked to. Nothing here is so urgent that it needs to be woken for.
 */
final class Deference {
    private final Preferences preferences;
    private final PrimarySight sight;
    private final Conditions conditions;
    private final Precedence precedence;
    private final Renewal renewal;
    private final Departure departure;
    private final boolean alone;
    private long notBeforeNanos = Authority.NEVER;
    private boolean keptUnfit;

    Deference(
            Preferences preferences,
            PrimarySight sight,
            Conditions conditions,
            Precedence precedence,
            Renewal renewal,
            Departure departure,
            boolean alone) {
        this.preferences = preferences;
        this.sight = sight;
        this.conditions = conditions;
        this.precedence = precedence;
        this.renewal = renewal;
        this.departure = departure;
        this.alone = alone;
    }

    /** An operator wants it elsewhere. */
    void asked(Turn turn, long drainNanos) {
        if (departure.isUnderWay() || wouldBeTaken(turn.now)) {
            departure.handOver(turn, "asked to hand over", drainNanos);
        } else {
            turn.note(Level.WARN, "asked to hand over the address, which nobody could take now: it stays");
        }
    }

    /**
     * This instance can't serve all its clients. If nobody else would serve any the address stays: a flood of newcomers
     * or a cable that is out for a moment must not end every session for nothing.
     */
    void unfit(Turn turn, String why) {
        if (departure.isUnderWay() || wouldBeTaken(turn.now)) {
            departure.letGo(turn, why, 0);
        } else if (!keptUnfit) {
            keptUnfit = true;
            turn.note(Level.WARN, "nobody else could take the address, so it stays although " + why);
        }
    }

    void fit() {
        keptUnfit = false;
    }

    /**
     * Whether another could claim what is let go of, by a word of etcd from a moment ago and by a member's own. Where no
     * others are configured nobody is heard, and anybody may be there.
     */
    private boolean wouldBeTaken(long nowNanos) {
        return alone
                || (renewal.isUpToDate(nowNanos) && !conditions.ready(nowNanos).isEmpty());
    }

    /**
     * In HOLD. Only with a proof of etcd from a moment ago: without etcd nobody could claim what is let go of. And not
     * soon again: if the other does not take it after all, it must not be nobody's time and again.
     */
    void run(Turn turn) {
        if (turn.now < notBeforeNanos || departure.isUnderWay() || !renewal.isUpToDate(turn.now)) {
            return;
        }
        Optional<Member> seer = sight.elsewhereForLong(turn.now);
        if (seer.isPresent()) {
            long seconds = TimeUnit.NANOSECONDS.toSeconds(turn.now - sight.sinceNanos());
            handOver(turn, "no primary in sight for " + seconds + " s, and " + seer.get() + " sees one", 0);
        } else {
            asker(turn.now).ifPresent(member -> handOver(turn, asksFor(member, turn.now), preferences.drainNanos()));
        }
    }

    private void handOver(Turn turn, String why, long drainNanos) {
        notBeforeNanos = turn.now + Timings.SETTLED_NANOS;
        departure.handOver(turn, why, drainNanos);
    }

    private Optional<Member> asker(long nowNanos) {
        return conditions.members().stream()
                .filter(other -> conditions
                        .of(other, nowNanos)
                        .filter(Condition::asks)
                        .filter(precedence::mayAsk)
                        .isPresent())
                .max(Comparator.comparingInt(other -> priority(other, nowNanos)));
    }

    private int priority(Member other, long nowNanos) {
        return conditions.of(other, nowNanos).map(Condition::priority).orElse(0);
    }

    private String asksFor(Member member, long nowNanos) {
        return member + " asks for it, whose priority is " + priority(member, nowNanos) + " and ours "
                + preferences.priority();
    }
}
