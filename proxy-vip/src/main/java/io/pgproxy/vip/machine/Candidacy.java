package io.pgproxy.vip.machine;

import io.pgproxy.vip.machine.Calls.Asked;

/** From STANDBY to CLAIM, and from there to PROBE or back (rule 3). */
final class Candidacy {
    private final Parts parts;
    private final Course course;
    private final Willingness willingness;
    private final Claiming claiming;
    private final Renewal renewal;
    private final Looking looking;

    Candidacy(
            Parts parts, Course course, Willingness willingness, Claiming claiming, Renewal renewal, Looking looking) {
        this.parts = parts;
        this.course = course;
        this.willingness = willingness;
        this.claiming = claiming;
        this.renewal = renewal;
        this.looking = looking;
    }

    /** Claims if nothing is in the way, by a look that has just come. */
    void consider(Turn turn) {
        if (willingness.isToClaim(turn.now)) {
            parts.promiser.refuseAll(turn, "I claim it myself");
            course.become(turn, State.CLAIM, "nobody has the key");
            claiming.begin(turn, looking.last());
        }
    }

    /** An answer to a call of the claim that is under way, which may be one of a holder that claims again. */
    void answered(Turn turn, Asked asked, EtcdAnswer answer) {
        switch (claiming.answered(turn, asked, answer)) {
            case OPEN -> {}
            case WON -> {
                renewal.begin(turn.now);
                if (course.is(State.CLAIM)) {
                    parts.probing.begin(turn.now, claiming.grantedNanos());
                    course.become(turn, State.PROBE, "won the key");
                }
            }
            case LOST -> {
                if (course.is(State.CLAIM)) {
                    course.become(turn, State.STANDBY, "the claim failed: " + claiming.lostBecause());
                }
            }
        }
    }

    /** An answer that nobody waits for any more. */
    void answeredLate(Asked asked, EtcdAnswer answer) {
        claiming.answeredLate(asked, answer);
    }
}
