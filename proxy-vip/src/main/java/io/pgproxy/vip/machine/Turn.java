package io.pgproxy.vip.machine;

import java.util.ArrayList;
import java.util.List;

/** One event's handling: the time that was read before it, and what has been decided so far. Confined to its event. */
final class Turn {
    final long now;
    private final List<Action> actions = new ArrayList<>();
    private boolean awaitsOutcome;
    private long wakeAt = Long.MAX_VALUE;

    Turn(long now) {
        this.now = now;
    }

    void add(Action action) {
        assert !awaitsOutcome : action + " after an action whose outcome must be the next event";
        actions.add(action);
        awaitsOutcome = action instanceof Action.Touch || action instanceof Action.Delete;
    }

    void note(Action.Level level, String text) {
        add(new Action.Note(level, text));
    }

    /** Whether the kernel was told something: nothing else can be decided before it is known what came of it. */
    boolean awaitsOutcome() {
        return awaitsOutcome;
    }

    /** Wakes the machine at that time at the latest. */
    void wakeAt(long atNanos) {
        wakeAt = Math.min(wakeAt, atNanos);
    }

    Decision decision() {
        return new Decision(List.copyOf(actions), wakeAt);
    }
}
