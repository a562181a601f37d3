package io.pgproxy.vip.machine;

/**
 * Makes sure that nobody else on the network has the address before it is put on for the first time (rule 7): two
 * probes, and silence after each.
 */
class Probing {
    private static final int PROBES = 2;

    private final long probeNanos;
    private int sent;
    private long nextNanos;
    private long stubbornNanos;
    private long answeredSinceNanos;
    private boolean answered;
    private boolean yielding;
    private boolean complained;
    private long nextComplaintNanos;

    Probing(Timings timings) {
        probeNanos = timings.probeNanos();
    }

    /**
     * After the claim was won. The holder before may not know that its key was deleted, and then has the address by right
     * for as long as the lease that it renewed last, and by its kernel a little longer.
     *
     * @param leaseNanos how long leases are
     */
    void begin(long nowNanos, long leaseNanos) {
        stubbornNanos = leaseNanos + Timings.LATEST_REMOVAL_NANOS;
        answered = false;
        yielding = false;
        complained = false;
        restart(nowNanos);
    }

    private void restart(long nowNanos) {
        sent = 0;
        nextNanos = nowNanos;
    }

    /** Sends what is due. */
    void run(Turn turn) {
        if (sent < PROBES && turn.now >= nextNanos) {
            sent++;
            nextNanos = turn.now + probeNanos;
            turn.add(new Action.Probe());
        }
        if (complained && isOver(turn.now)) {
            complained = false;
            turn.note(Action.Level.INFO, "nobody answers for the address any longer");
        }
    }

    /** Whether the silence has been long enough, or a member is so stubborn that waiting for it helps nobody. */
    boolean isOver(long nowNanos) {
        return yielding || (sent == PROBES && nowNanos >= nextNanos);
    }

    /** Somebody has the address. */
    void answered(Turn turn, String mac, boolean ofMember) {
        if (!answered) {
            answered = true;
            answeredSinceNanos = turn.now;
        }
        boolean stubborn = turn.now >= answeredSinceNanos + stubbornNanos;
        if (stubborn && ofMember) {
            yielding = true;
            nextNanos = turn.now;
            turn.note(Action.Level.WARN, mac + " of a member still answers for the address; it has no authority");
        } else {
            if (stubborn) {
                complain(turn, mac);
            }
            beginAgain(turn.now);
        }
    }

    /** Each probe is answered, for hours perhaps. */
    private void complain(Turn turn, String mac) {
        if (!complained || turn.now >= nextComplaintNanos) {
            complained = true;
            nextComplaintNanos = turn.now + Timings.COMPLAINT_NANOS;
            turn.note(Action.Level.ERROR, mac + " of a stranger answers for the address: waiting until it is silent");
        }
    }

    /** A probe did not go out, or what came back could not be read. */
    void notAsked(long nowNanos) {
        beginAgain(nowNanos);
    }

    private void beginAgain(long nowNanos) {
        sent = 0;
        nextNanos = nowNanos + probeNanos;
    }

    /** When the silence that was wanted was complete; meaningful once {@link #isOver}. */
    long overSinceNanos() {
        return nextNanos;
    }

    /** When something is due, or the silence is complete. */
    long nextNanos() {
        return nextNanos;
    }
}
