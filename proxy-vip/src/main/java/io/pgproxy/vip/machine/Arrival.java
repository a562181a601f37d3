package io.pgproxy.vip.machine;

/** What is to be done in PROBE: with the key, but not with the address before nobody else can have it (rule 7). */
final class Arrival {
    private final Parts parts;
    private final Course course;
    private final Presence presence;
    private final Claiming claiming;
    private final Renewal renewal;
    private final Upkeep upkeep;

    Arrival(Parts parts, Course course, Presence presence, Claiming claiming, Renewal renewal, Upkeep upkeep) {
        this.parts = parts;
        this.course = course;
        this.presence = presence;
        this.claiming = claiming;
        this.renewal = renewal;
        this.upkeep = upkeep;
    }

    void run(Turn turn) {
        if (turn.now >= parts.authority.untilNanos()) {
            course.back(turn, "the lease may be over before the address could be put on");
            return;
        }
        renewal.run(turn);
        turn.wakeAt(parts.authority.untilNanos());
        if (!claiming.replacesReleased()) {
            parts.probing.run(turn);
            if (!parts.probing.isOver(turn.now)) {
                turn.wakeAt(parts.probing.nextNanos());
                return;
            }
        }
        putOn(turn);
    }

    private void putOn(Turn turn) {
        long proven = parts.authority.provenNanos();
        boolean provenSinceSilence = claiming.replacesReleased() || proven >= parts.probing.overSinceNanos();
        if (!provenSinceSilence || !parts.isFresh(proven, turn.now)) {
            renewal.prove(turn);
        } else if (parts.lifetime.seconds(parts.authority.untilNanos(), turn.now) >= 1
                && !parts.bonds.isBound(turn.now)) {
            course.become(turn, State.HOLD, "nobody else has the address");
            presence.begins();
            turn.add(new Action.Welcome());
            upkeep.begin(turn.now);
            upkeep.run(turn);
        }
    }
}
