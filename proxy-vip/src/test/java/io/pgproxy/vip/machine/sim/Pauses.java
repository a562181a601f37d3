package io.pgproxy.vip.machine.sim;

import io.pgproxy.vip.machine.Action;
import io.pgproxy.vip.machine.PeerMessage;

/** How long a program stands still before its next step: a garbage collection, a busy host, a stopped process. */
final class Pauses {
    private static final long LONGEST_NANOS = 5 * Span.SECOND;

    private final Agenda agenda;
    private final Chance chance;
    private final Plan plan;

    Pauses(Agenda agenda, Chance chance, Plan plan) {
        this.agenda = agenda;
        this.chance = chance;
        this.plan = plan;
    }

    long beforeStepNanos() {
        if (chance.with(plan.wholePauses)) {
            return withinTroubles(chance.between(100 * Span.MILLI, LONGEST_NANOS));
        }
        return chance.with(plan.briefPauses) ? withinTroubles(chance.between(Span.MILLI, 100 * Span.MILLI)) : 0;
    }

    long beforeNanos(Action action) {
        if (isCritical(action) && chance.with(plan.criticalPauses)) {
            return withinTroubles(chance.between(Span.MILLI, chance.with(0.5) ? 120 * Span.MILLI : LONGEST_NANOS));
        }
        return beforeStepNanos();
    }

    private long withinTroubles(long nanos) {
        return Math.max(0, Math.min(nanos, plan.calmNanos() - agenda.nowNanos()));
    }

    private static boolean isCritical(Action action) {
        return action instanceof Action.Touch
                || action instanceof Action.Delete
                || action instanceof Action.Probe
                || (action instanceof Action.Send send && send.message() instanceof PeerMessage.Promise);
    }
}
