package io.pgproxy.vip.machine.sim;

import io.pgproxy.vip.machine.Action;
import io.pgproxy.vip.machine.Decision;
import java.util.Arrays;

/** Checks that a machine does not spin: what it is asked and what it answers in one second has a limit. */
final class Pace {
    /** A holder that asks two peers while its etcd fails comes to about 60. */
    private static final int MOST_ACTIONS = 300;

    private static final int MOST_DECISIONS = 2_000;

    private final Agenda agenda;
    private final int[] actions;
    private final int[] decisions;
    private long second;

    Pace(Agenda agenda, int hosts) {
        this.agenda = agenda;
        actions = new int[hosts];
        decisions = new int[hosts];
    }

    void decided(int host, Decision decision) {
        if (agenda.nowNanos() / Span.SECOND != second) {
            second = agenda.nowNanos() / Span.SECOND;
            Arrays.fill(actions, 0);
            Arrays.fill(decisions, 0);
        }
        decisions[host]++;
        actions[host] += (int) decision.actions().stream().filter(Pace::counts).count();
        if (decisions[host] > MOST_DECISIONS || actions[host] > MOST_ACTIONS) {
            throw new Violation("host " + host + " was asked " + decisions[host] + " times within a second and did "
                    + actions[host] + " things");
        }
    }

    /** A line for the log costs nobody else anything; its own limit is elsewhere. */
    private static boolean counts(Action action) {
        return !(action instanceof Action.Note);
    }
}
