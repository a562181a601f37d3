package io.pgproxy.vip.machine;

import io.pgproxy.vip.machine.Action.Level;
import java.util.Optional;

/**
 * The key or its lease is proven to be gone (rule 9). While the promises of all others stand nobody can race, so the
 * holder claims again without letting go of the address; without them it goes at once.
 */
final class LostKey {
    private final Parts parts;
    private final Course course;
    private final Claiming claiming;
    private final Looking looking;
    private long nextClaimNanos;

    LostKey(Parts parts, Course course, Claiming claiming, Looking looking) {
        this.parts = parts;
        this.course = course;
        this.claiming = claiming;
        this.looking = looking;
    }

    /** @param holder who has the key now, if anybody */
    void isGone(Turn turn, Optional<Instance> holder) {
        String what = holder.map(other -> "the key is " + other + "'s").orElse("the key or its lease is gone");
        boolean anothers = holder.isPresent() && !holder.get().equals(parts.peers.me);
        if (!course.is(State.HOLD)) {
            course.back(turn, what);
        } else if (anothers || !parts.promises.stand(turn.now)) {
            course.drop(turn, what);
        } else {
            turn.note(Level.WARN, what + "; the others have promised to leave the address here, claiming again");
            parts.attempt++;
            parts.revocations.add(parts.authority.lease());
            parts.authority.lost();
            nextClaimNanos = turn.now;
        }
    }

    /** Claims again what a holder has lost, now and then; nothing if it has the key, or is about to give it back. */
    void claimAgain(Turn turn) {
        if (parts.authority.hasKey() || claiming.isOpen() || course.isLeaving()) {
            return;
        }
        if (turn.now >= nextClaimNanos) {
            nextClaimNanos = turn.now + parts.timings.renewNanos();
            if (looking.sawNoKey(turn.now) && looking.recordAllows()) {
                claiming.begin(turn, looking.last());
            } else {
                looking.atOnce();
                looking.run(turn);
            }
        }
        turn.wakeAt(nextClaimNanos);
    }
}
