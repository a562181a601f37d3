package io.pgproxy.vip.machine;

import io.pgproxy.vip.machine.Action.Level;
import io.pgproxy.vip.machine.Calls.Purpose;

/**
 * Letting go on purpose (rule 11): whoever came by the address hears of it before the address goes, and the key goes
 * after it, marked so that the next holder need not probe.
 */
final class Departure {
    private final Parts parts;
    private final Course course;
    private final Presence presence;
    private final Looking looking;
    private final Conversation conversation;
    private final Willingness willingness;
    private boolean sessionsEnded;
    private boolean forAnother;
    private long leaveByNanos;

    Departure(
            Parts parts,
            Course course,
            Presence presence,
            Looking looking,
            Conversation conversation,
            Willingness willingness) {
        this.parts = parts;
        this.course = course;
        this.presence = presence;
        this.looking = looking;
        this.conversation = conversation;
        this.willingness = willingness;
    }

    /**
     * For another's sake, which is left the time to claim.
     *
     * @param drainNanos how long the sessions that came by the address may go on
     */
    void handOver(Turn turn, String why, long drainNanos) {
        willingness.yields(turn.now);
        letGo(turn, why, drainNanos);
        forAnother = course.isLeaving();
    }

    boolean isUnderWay() {
        return course.isLeaving();
    }

    /** @param drainNanos how long the sessions that came by the address may go on */
    void letGo(Turn turn, String why, long drainNanos) {
        switch (course.state()) {
            case STANDBY -> {}
            case CLAIM, PROBE -> course.back(turn, why);
            case HOLD -> {
                if (course.isLeaving()) {
                    hurry(turn, why, drainNanos);
                } else {
                    begin(turn, why, drainNanos);
                }
            }
        }
    }

    private void begin(Turn turn, String why, long drainNanos) {
        course.leaves();
        sessionsEnded = false;
        forAnother = false;
        leaveByNanos = turn.now + drainNanos + Timings.END_SESSIONS_NANOS;
        presence.endsSoon(turn.now);
        turn.note(Level.INFO, "letting go of the address: " + why);
        course.endSessions(turn, drainNanos);
    }

    /** Another reason to go may leave the sessions less time than the first one did, but never more. */
    private void hurry(Turn turn, String why, long drainNanos) {
        long byNanos = turn.now + drainNanos + Timings.END_SESSIONS_NANOS;
        if (!sessionsEnded && byNanos < leaveByNanos) {
            leaveByNanos = byNanos;
            turn.note(Level.INFO, "letting go of the address sooner: " + why);
            course.endSessions(turn, drainNanos);
        }
    }

    void sessionsEnded(long number) {
        sessionsEnded |= course.isLeaving() && course.isLastEnding(number);
    }

    /** When the address is to be taken off; never if no hand-over is under way. */
    long dueNanos() {
        if (!course.isLeaving()) {
            return Long.MAX_VALUE;
        }
        return sessionsEnded ? Authority.NEVER : leaveByNanos;
    }

    void takeOff(Turn turn) {
        presence.takeOffWhenDue(turn);
    }

    /** What came of taking it off; once it is gone a holder gives the key back, and who had to drop it says so. */
    void takenOff(Turn turn, boolean confirmed) {
        if (!presence.takenOff(turn, confirmed)) {
            return;
        }
        if (course.is(State.HOLD)) {
            giveBack(turn);
        } else {
            conversation.gaveUp(turn, course.takeDroppedRevision());
        }
    }

    private void giveBack(Turn turn) {
        if (parts.authority.hasKey()) {
            parts.calls.ask(
                    turn,
                    new EtcdCall.Release(parts.authority.createRevision(), parts.holding(true)),
                    Purpose.RELEASE,
                    0,
                    parts.authority.lease(),
                    parts.timings.callNanos());
            parts.authority.lost(); // its lease is given back after the answer
        }
        conversation.released(turn);
        parts.forgetAuthority();
        course.become(turn, State.STANDBY, "let go");
        if (forAnother) {
            willingness.yields(turn.now); // only now can another claim
        }
        looking.atOnce();
    }
}
