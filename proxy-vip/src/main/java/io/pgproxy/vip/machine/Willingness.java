package io.pgproxy.vip.machine;

/** Whether this instance wants the address and may claim it (rule 3); if not, what is in the way. */
final class Willingness {
    private final Presence presence;
    private final Looking looking;
    private final Bonds bonds;
    private final Precedence precedence;
    private boolean eligible;
    private long eligibleSinceNanos = Authority.NEVER;
    private String ineligibility = "not ready yet";
    private boolean stopping;
    private long yieldUntilNanos = Authority.NEVER;
    private String objection = "";

    Willingness(Presence presence, Looking looking, Bonds bonds, Precedence precedence) {
        this.presence = presence;
        this.looking = looking;
        this.bonds = bonds;
        this.precedence = precedence;
    }

    void fitness(Event.Eligible fitness, long nowNanos) {
        if (fitness.eligible() && !eligible) {
            eligibleSinceNanos = nowNanos;
        }
        eligible = fitness.eligible();
        ineligibility = fitness.reason();
    }

    boolean isEligible() {
        return eligible;
    }

    /** Since when it is, if it is. */
    long eligibleSinceNanos() {
        return eligibleSinceNanos;
    }

    /** The program ends. */
    void ends() {
        stopping = true;
    }

    /** Leaves time for another to claim. */
    void yields(long nowNanos) {
        yieldUntilNanos = nowNanos + Timings.YIELD_NANOS;
    }

    /** Whether it would claim at once if nobody had the key. */
    boolean isReady(long nowNanos) {
        return looking.isFresh(nowNanos)
                && unfitness().isEmpty()
                && hindrance(nowNanos).isEmpty();
    }

    /** Whether nothing is in the way of a claim now. */
    boolean isToClaim(long nowNanos) {
        objection = findObjection(nowNanos);
        return objection.isEmpty();
    }

    /** What is in the way, by the last look; empty if nothing. */
    String trouble(long nowNanos) {
        String unfitness = unfitness();
        if (!unfitness.isEmpty()) {
            return unfitness;
        }
        return looking.isFresh(nowNanos) ? objection : "etcd does not answer";
    }

    private String findObjection(long nowNanos) {
        String unfitness = unfitness();
        if (!unfitness.isEmpty()) {
            return unfitness;
        }
        if (!looking.sawNoKey(nowNanos)) {
            return "another has the key";
        }
        String hindrance = hindrance(nowNanos);
        boolean free = nowNanos >= looking.keySinceNanos() + Timings.YIELD_NANOS;
        return !hindrance.isEmpty() || free ? hindrance : precedence.objection(nowNanos);
    }

    /** Why it is not fit to serve; empty if it is. */
    String unfitness() {
        if (stopping) {
            return "the program ends";
        }
        return eligible ? "" : ineligibility;
    }

    private String hindrance(long nowNanos) {
        if (!looking.recordAllows()) {
            return "the record in etcd does not name us among the members";
        }
        if (bonds.isBound(nowNanos)) {
            return "promised to leave it to another, or may have before the start";
        }
        if (nowNanos < yieldUntilNanos) {
            return "handed over a moment ago";
        }
        return presence.isPossible() ? "the address may still be here" : "";
    }
}
