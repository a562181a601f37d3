package io.pgproxy.vip.machine;

import io.pgproxy.vip.machine.Action.Level;

/** Where this instance stands, and the ways that lead back from there (the picture in docs/VIP.md). */
final class Course {
    private final Parts parts;
    private final Presence presence;
    private final Claiming claiming;
    private final Looking looking;
    private State state = State.STANDBY;
    private long sinceNanos = Authority.NEVER;
    private boolean leaving;
    private long endings;
    private long droppedRevision;

    Course(Parts parts, Presence presence, Claiming claiming, Looking looking) {
        this.parts = parts;
        this.presence = presence;
        this.claiming = claiming;
        this.looking = looking;
    }

    /** The program starts. */
    void begin(long nowNanos) {
        sinceNanos = nowNanos;
    }

    State state() {
        return state;
    }

    boolean is(State asked) {
        return state == asked;
    }

    long sinceNanos() {
        return sinceNanos;
    }

    void become(Turn turn, State next, String why) {
        turn.note(Level.INFO, state + " -> " + next + ": " + why);
        state = next;
        sinceNanos = turn.now;
        leaving = false;
    }

    /** From HOLD, on purpose and not at once. */
    void leaves() {
        leaving = true;
    }

    /** Whether a hand-over is under way. */
    boolean isLeaving() {
        return leaving;
    }

    /** From CLAIM or PROBE: the address was never put on. */
    void back(Turn turn, String why) {
        claiming.abandon();
        parts.forgetAuthority();
        become(turn, State.STANDBY, why);
        looking.atOnce();
    }

    /** From HOLD, at once: the right to have the address is over. */
    void drop(Turn turn, String why) {
        droppedRevision = parts.authority.createRevision();
        back(turn, why);
        endSessions(turn, 0);
        presence.takeOff(turn);
    }

    /** The create revision of the key by which the address was here until it was dropped, once; 0 if there is none. */
    long takeDroppedRevision() {
        long revision = droppedRevision;
        droppedRevision = 0;
        return revision;
    }

    /** @param drainNanos how long the sessions that came by the address may go on */
    void endSessions(Turn turn, long drainNanos) {
        endings++;
        turn.add(new Action.EndSessions(endings, drainNanos));
    }

    /** Whether that is the number of the last: an older answer may be of a time before the address came back. */
    boolean isLastEnding(long number) {
        return number == endings;
    }

    /** A suspended host may have slept through the end of whatever it was doing. */
    void stoodStill(Turn turn) {
        switch (state) {
            case STANDBY -> {}
            case CLAIM, PROBE -> back(turn, "this host stood still");
            case HOLD -> drop(turn, "this host stood still");
        }
        looking.forget();
    }
}
