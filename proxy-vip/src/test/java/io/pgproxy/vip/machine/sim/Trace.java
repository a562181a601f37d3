package io.pgproxy.vip.machine.sim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * The last things that happened. Off, it costs nothing: a run that went wrong is done again from its seed with the trace
 * on.
 */
final class Trace {
    private static final int LINES = 400;

    private final Agenda agenda;
    private final boolean on;
    private final Deque<String> lines = new ArrayDeque<>();

    Trace(Agenda agenda, boolean on) {
        this.agenda = agenda;
        this.on = on;
    }

    void say(Supplier<String> what) {
        if (!on) {
            return;
        }
        if (lines.size() == LINES) {
            lines.removeFirst();
        }
        lines.add(Span.seconds(agenda.nowNanos()) + " " + what.get());
    }

    String text() {
        return String.join("\n", lines);
    }
}
