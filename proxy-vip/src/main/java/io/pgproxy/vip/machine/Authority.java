package io.pgproxy.vip.machine;

import io.pgproxy.vip.machine.Calls.Renewed;

/** What etcd says that this instance may do: its key, bound to its lease, and until when both surely stand (rule 2). */
class Authority {
    static final long NEVER = Long.MIN_VALUE;

    private long createRevision;
    private long lease;
    private long untilNanos = NEVER;
    private long creditedNanos = NEVER;
    private long provenNanos = NEVER;

    /**
     * The claim was won.
     *
     * @param grantSentNanos read before the lease was asked for
     * @param claimSentNanos read before the transaction was sent
     */
    void won(long wonLease, long revision, long grantSentNanos, long ttlNanos, long claimSentNanos) {
        lease = wonLease;
        createRevision = revision;
        untilNanos = grantSentNanos + Timings.sureNanos(ttlNanos);
        creditedNanos = grantSentNanos;
        provenNanos = claimSentNanos;
    }

    /**
     * A read that was sent after a keep-alive's answer showed our key: now that keep-alive counts, if the leader who
     * answered it was the real one still when the read was answered.
     *
     * @param readTerm of that read
     */
    void renewed(Renewed renewed, long readTerm) {
        if (isOfOneLeader(renewed.term(), readTerm)) {
            untilNanos = Math.max(untilNanos, renewed.sentNanos() + Timings.sureNanos(renewed.lengthNanos()));
            creditedNanos = Math.max(creditedNanos, renewed.sentNanos());
        }
    }

    /**
     * Each term has one leader. One that was replaced and does not know it keeps leases alive that the real leader ends
     * (etcd before 3.5.13, issue 15247 there), and a read may reach the real leader all the same.
     */
    boolean isOfOneLeader(long keepAliveTerm, long readTerm) {
        return keepAliveTerm == readTerm;
    }

    /** A read that was sent at that time showed our key. */
    void proven(long readSentNanos) {
        provenNanos = Math.max(provenNanos, readSentNanos);
    }

    /** The key or the lease is gone, or nothing that was known about them counts any more. */
    void lost() {
        createRevision = 0;
        lease = 0;
        untilNanos = NEVER;
        creditedNanos = NEVER;
        provenNanos = NEVER;
    }

    /** 0 if there is none. */
    long createRevision() {
        return createRevision;
    }

    /** 0 if there is none. */
    long lease() {
        return lease;
    }

    boolean hasKey() {
        return createRevision != 0;
    }

    long untilNanos() {
        return untilNanos;
    }

    /** When the last renewal that counted was sent. */
    long creditedNanos() {
        return creditedNanos;
    }

    /** When the last read or claim was sent that showed the key to be ours. */
    long provenNanos() {
        return provenNanos;
    }
}
