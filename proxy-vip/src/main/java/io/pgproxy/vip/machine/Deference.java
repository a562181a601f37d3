package io.pgproxy.vip.machine;

import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Letting go of an address that could stay, because another member would serve the clients better (rules 14 and 15).
 * Looked at with every event; nothing here is so urgent that it needs to be woken for.
 */
final class Deference {
    private final Preferences preferences;
    private final PrimarySight sight;
    private final Conditions conditions;
    private final Precedence precedence;
    private final Renewal renewal;
    private final Departure departure;
    private long notBeforeNanos = Authority.NEVER;

    Deference(
            Preferences preferences,
            PrimarySight sight,
            Conditions conditions,
            Precedence precedence,
            Renewal renewal,
            Departure departure) {
        this.preferences = preferences;
        this.sight = sight;
        this.conditions = conditions;
        this.precedence = precedence;
        this.renewal = renewal;
        this.departure = departure;
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
