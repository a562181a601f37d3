package io.pgproxy.vip.machine;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

/**
 * The lengths of the protocol, in nanoseconds. The reasons for the defaults are in docs/VIP.md.
 *
 * @param ttlSeconds the length of the lease that is asked for; what counts is the one that is granted
 * @param promiseNanos how long a promise binds
 * @param kernelLateNanos how late the kernel may usually be when it drops an address whose lifetime is over
 * @param touchNanos how late a netlink call that puts the address on may act after it was decided; after it the fuse burns
 * @param renewNanos from one renewal to the next
 * @param callNanos the deadline of one call
 * @param askNanos from one request for promises to the next
 * @param creditNanos how much later than a renewal's time the last good one may be before promises are asked for
 * @param freshNanos how old a failed read must be at least to show that etcd does not work
 * @param proofNanos how old the proof for putting on an address may be
 * @param pollNanos how often a standby looks; half of it while a peer is silent
 * @param probeNanos between two probes, and the silence that is wanted after the last
 */
public record Timings(
        long ttlSeconds,
        long promiseNanos,
        long kernelLateNanos,
        long touchNanos,
        long renewNanos,
        long callNanos,
        long askNanos,
        long creditNanos,
        long freshNanos,
        long proofNanos,
        long pollNanos,
        long probeNanos) {
    private static final long SECOND = 1_000_000_000;
    /** A read that failed longer ago than this shows nothing about now. */
    static final long SIGHT_NANOS = SECOND;
    /** No kernel was seen to take an address off later than 1.6 s after its lifetime; and some for clocks. */
    static final long LATEST_REMOVAL_NANOS = 2 * SECOND;
    /** After handing over on purpose, so long is for others to claim. */
    static final long YIELD_NANOS = 5 * SECOND;

    /** Who let go for another's sake keeps what it gets back for so long: nobody can make the address flap. */
    static final long SETTLED_NANOS = 60 * SECOND;

    /** Who says nothing for this long is silent; everybody says something every {@link #HELLO_NANOS}. */
    static final long SILENT_NANOS = SECOND / 2;

    static final long HELLO_NANOS = SECOND / 5;
    /** How often it is said that a key was given up: at once, and with the hellos that follow. */
    static final int GIVEN_UP_SAID = 4;
    /** So long it counts; longer than any lease that its holder has heard of lasts. */
    static final long GIVEN_UP_NANOS = 60 * SECOND;
    /** From one read that others' words led to, to the next. */
    static final long HINT_NANOS = SECOND / 20;
    /** From one line about a stranger who has the address to the next. */
    static final long COMPLAINT_NANOS = 60 * SECOND;
    /** From one announcement against somebody who says to have the address to the next. */
    static final long DEFENCE_NANOS = SECOND;
    /** Before a netlink call or a call to etcd that failed is tried again. */
    static final long RETRY_NANOS = SECOND / 10;
    /**
     * Sessions that came by the address are told to end; whoever can't be told after this long is not waited for. Tens of
     * thousands can: a relay loop ends a hundred of them in a few milliseconds, and then has a second at most for those
     * that are not accepted yet.
     */
    public static final long END_SESSIONS_NANOS = 2 * SECOND;
    /** How much before the moment that matters a timer is set, since timers are late. */
    static final long SLACK_NANOS = SECOND / 50;
    /** A renewal of the address that is for gain alone leaves itself so long, since who is too late is killed. */
    static final long UNHURRIED_NANOS = SECOND / 5;

    /** The protocol's own, for a lease of that length. */
    public static Timings withTtl(long ttlSeconds) {
        return new Timings(
                ttlSeconds,
                3 * SECOND,
                MILLISECONDS.toNanos(500),
                MILLISECONDS.toNanos(80),
                MILLISECONDS.toNanos(500),
                MILLISECONDS.toNanos(500),
                MILLISECONDS.toNanos(300),
                MILLISECONDS.toNanos(250),
                MILLISECONDS.toNanos(300),
                MILLISECONDS.toNanos(90),
                MILLISECONDS.toNanos(200),
                MILLISECONDS.toNanos(100));
    }

    /** What may be off by clocks that run at different rates, 2 % and a constant, over that length. */
    static long marginNanos(long lengthNanos) {
        return lengthNanos / 50 + MILLISECONDS.toNanos(40);
    }

    /** How long an authority of that length surely lasts, counted from the moment before it was asked for. */
    static long sureNanos(long lengthNanos) {
        return lengthNanos - marginNanos(lengthNanos);
    }
}
