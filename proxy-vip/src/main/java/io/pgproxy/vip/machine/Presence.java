package io.pgproxy.vip.machine;

import io.pgproxy.vip.machine.Action.Level;

/**
 * Whether the address may be on this host, and taking it off until a look at the kernel's own list confirms that it is
 * gone. At the start it may be: a run before may have left it.
 */
final class Presence {
    private final Lifetime lifetime;
    private boolean possible = true;
    private long nextNanos = Authority.NEVER;

    Presence(Lifetime lifetime) {
        this.lifetime = lifetime;
    }

    boolean isPossible() {
        return possible;
    }

    /** It is about to be put on. */
    void begins() {
        possible = true;
    }

    /** It is to be taken off as soon as somebody asks to, however recently that was tried. */
    void endsSoon(long nowNanos) {
        nextNanos = nowNanos;
    }

    /** Takes it off now, or waits until it is time to try again. */
    void takeOffWhenDue(Turn turn) {
        if (turn.now >= nextNanos) {
            takeOff(turn);
        } else {
            turn.wakeAt(nextNanos);
        }
    }

    void takeOff(Turn turn) {
        nextNanos = turn.now + Timings.RETRY_NANOS;
        turn.add(new Action.Delete());
    }

    /** What came of it; returns whether it is gone. */
    boolean takenOff(Turn turn, boolean confirmed) {
        if (confirmed) {
            possible = false;
            lifetime.gone();
        } else {
            turn.note(Level.ERROR, "the address could not be taken off");
        }
        return confirmed;
    }
}
