package io.pgproxy.vip.machine;

/** What is to be done in STANDBY: no address here, promises to those who ask, and an eye on the key (rules 4 to 6). */
final class Standby {
    private final Parts parts;
    private final Presence presence;
    private final Looking looking;

    Standby(Parts parts, Presence presence, Looking looking) {
        this.parts = parts;
        this.presence = presence;
        this.looking = looking;
    }

    void run(Turn turn) {
        if (presence.isPossible()) {
            presence.takeOffWhenDue(turn);
            if (turn.awaitsOutcome()) {
                return;
            }
        }
        if (parts.promiser.isAsked()) {
            promise(turn);
        }
        looking.run(turn);
    }

    private void promise(Turn turn) {
        if (presence.isPossible()) {
            parts.promiser.refuseAll(turn, "the address may still be here");
        } else if (parts.promiser.canPromise(turn)) {
            parts.attempt++; // a claim in doubt is dead from here on
            parts.promiser.promise(turn);
        }
        turn.wakeAt(parts.promiser.isAsked() ? turn.now + Timings.SLACK_NANOS : Long.MAX_VALUE);
    }
}
