package io.pgproxy.vip.machine;

import io.pgproxy.vip.machine.Action.Level;

/** Others that say to have the address: a reason to wait before it is put on, and to contradict afterwards. */
final class Conflicts {
    private final Parts parts;
    private final Course course;
    private long count;
    private long nextDefenceNanos = Authority.NEVER;

    Conflicts(Parts parts, Course course) {
        this.parts = parts;
        this.course = course;
    }

    void seen(Turn turn, Event.ConflictSeen conflict) {
        switch (course.state()) {
            case STANDBY, CLAIM -> {}
            case PROBE -> {
                count++;
                parts.probing.answered(turn, conflict.mac(), conflict.ofMember());
            }
            case HOLD -> {
                count++;
                defend(turn, conflict.mac());
            }
        }
    }

    /** Two that answer each announcement with one of their own would never stop, so it is said once in a while. */
    private void defend(Turn turn, String mac) {
        if (turn.now >= nextDefenceNanos) {
            nextDefenceNanos = turn.now + Timings.DEFENCE_NANOS;
            turn.note(Level.WARN, mac + " says that it has the address too");
            if (parts.lifetime.isSurelyUp(turn.now)) {
                turn.add(new Action.Announce(true, parts.deadlineNanos()));
            }
        }
    }

    long count() {
        return count;
    }
}
