package io.pgproxy.vip.machine;

/** Has the kernel keep the address for as long as it may be here, and no longer (rule 8). */
class Upkeep {
    /** So many touches that fail, and the kernel does not want the address here: another host may have more luck. */
    private static final int MAX_FAILURES = 3;

    /** A touch whose outcome is not known yet. */
    private record Touching(long deadlineNanos, int seconds, long decidedNanos, boolean raises) {}

    private final Parts parts;
    private final Renewal renewal;
    private Touching touching = new Touching(0, 0, 0, false);
    private long retryNanos;
    private int failures;

    Upkeep(Parts parts, Renewal renewal) {
        this.parts = parts;
        this.renewal = renewal;
    }

    void begin(long nowNanos) {
        failures = 0;
        retryNanos = nowNanos;
    }

    /** Touches if it is due, and has itself woken for the next time. */
    void run(Turn turn) {
        boolean up = parts.lifetime.isSurelyUp(turn.now);
        long deadline = up ? parts.deadlineNanos() : raiseDeadline(turn.now);
        if (deadline == Authority.NEVER) {
            renewal.prove(turn);
        } else if (turn.now >= retryNanos && parts.lifetime.isDue(deadline, turn.now)) {
            touching = new Touching(deadline, parts.lifetime.seconds(deadline, turn.now), turn.now, !up);
            long fuseAt = up
                    ? parts.lifetime.renewableUntilNanos(deadline, touching.seconds())
                    : turn.now + parts.timings.touchNanos();
            turn.add(new Action.Touch(touching.seconds(), fuseAt));
        } else {
            wake(turn, up);
        }
    }

    private void wake(Turn turn, boolean up) {
        long next = Math.max(parts.lifetime.nextTouchNanos(), retryNanos);
        turn.wakeAt(next > turn.now ? next : Long.MAX_VALUE); // one that would gain nothing is not waited for
        turn.wakeAt(up ? parts.lifetime.untilNanos() - parts.timings.touchNanos() + 1 : Long.MAX_VALUE);
    }

    /**
     * Until when an address may be put on that is not surely there: only by a fresh proof, or by the promises of all.
     * Between the kernel's dropping it and our deadline another may have become the holder without our knowing.
     */
    private long raiseDeadline(long nowNanos) {
        if (parts.isFresh(parts.authority.provenNanos(), nowNanos) && nowNanos < parts.authority.untilNanos()) {
            return parts.deadlineNanos();
        }
        return parts.promises.stand(nowNanos) ? parts.promises.untilNanos() : Authority.NEVER;
    }

    /** Whether there is hope; false if the kernel does not take the address. */
    boolean touched(Turn turn, boolean done) {
        if (done) {
            failures = 0;
            parts.lifetime.touched(touching.deadlineNanos(), touching.seconds(), touching.decidedNanos());
            turn.add(new Action.Announce(touching.raises(), parts.deadlineNanos()));
        } else {
            failures++;
            // The first was most likely held up, by code that had never run before: with a new proof there is no reason
            // to wait.
            retryNanos = failures == 1 ? turn.now : turn.now + Timings.RETRY_NANOS;
        }
        return failures < MAX_FAILURES || parts.lifetime.isSurelyUp(turn.now);
    }
}
