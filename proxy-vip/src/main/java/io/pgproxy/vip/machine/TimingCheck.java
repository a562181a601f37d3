package io.pgproxy.vip.machine;

import static io.pgproxy.vip.machine.Timings.sureNanos;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether lengths fit together: with some the address would be let go of again and again, with others it could be on
 * two hosts. Confined to one check; pure.
 */
public final class TimingCheck {
    /** Killing etcd's leader left a holder without a renewal for so long (measured, etcd 3.4 with its own defaults). */
    private static final long LEADER_CHANGE_NANOS = SECONDS.toNanos(3);

    /** The kernel was seen to drop an address so late (measured; check_lifetime in net/ipv4/devinet.c). */
    private static final long KERNEL_LATE_NANOS = MILLISECONDS.toNanos(410);

    /** The kernel counts lifetimes in these. */
    private static final long LIFETIME_UNIT_NANOS = SECONDS.toNanos(1);

    private final Timings timings;
    private final List<String> problems = new ArrayList<>();

    private TimingCheck(Timings timings) {
        this.timings = timings;
    }

    /**
     * What does not fit, in words for the operator; empty if all is well.
     *
     * @param alone whether there are no other members, whose promises could bridge anything
     */
    public static List<String> problems(Timings timings, boolean alone) {
        TimingCheck check = new TimingCheck(timings);
        if (alone) {
            check.leaseOutlastsALeaderChange();
        } else {
            check.leaseOutlastsTheAsking();
            check.promiseOutlastsALostAnswer();
            check.silenceOfEtcdIsSeen();
        }
        check.leaseOutlastsTheProbes();
        check.kernelMayBeLate();
        check.proofIsYoungerThanTheProbes();
        return check.problems;
    }

    private void leaseOutlastsALeaderChange() {
        refuseUnless(
                LEADER_CHANGE_NANOS < usableNanos(leaseNanos()),
                lease() + ", and without peers nothing bridges the " + millis(LEADER_CHANGE_NANOS)
                        + " that a change of etcd's leader may take");
    }

    private void leaseOutlastsTheAsking() {
        long asking = timings.renewNanos()
                + timings.creditNanos()
                + timings.freshNanos()
                + timings.askNanos()
                + timings.pollNanos();
        refuseUnless(
                asking < usableNanos(leaseNanos()),
                lease() + ", but noticing that etcd is silent and asking the peers takes up to " + millis(asking));
    }

    private void promiseOutlastsALostAnswer() {
        long needed = 2 * timings.askNanos() + timings.freshNanos() + LIFETIME_UNIT_NANOS;
        refuseUnless(
                needed <= usableNanos(timings.promiseNanos()),
                "a promise of " + millis(timings.promiseNanos()) + " is good for "
                        + millis(usableNanos(timings.promiseNanos()))
                        + ", but with one answer lost the next takes up to "
                        + millis(needed) + ", the kernel's whole second included");
    }

    /** Whoever is asked for a promise needs a read that is old enough to have failed and young enough to count. */
    private void silenceOfEtcdIsSeen() {
        long needed = timings.freshNanos() + timings.pollNanos();
        refuseUnless(
                needed < Timings.SIGHT_NANOS,
                "a standby would see only after " + millis(needed) + " that etcd is silent, and what is older than "
                        + millis(Timings.SIGHT_NANOS) + " does not count");
    }

    private void leaseOutlastsTheProbes() {
        long needed = 2 * timings.probeNanos() + timings.callNanos() + LIFETIME_UNIT_NANOS;
        refuseUnless(
                needed <= usableNanos(leaseNanos()),
                lease() + ", but who claims after an unclean end needs up to " + millis(needed)
                        + " for its probes, a last proof and the kernel's whole second");
    }

    private void kernelMayBeLate() {
        long needed = KERNEL_LATE_NANOS + timings.touchNanos();
        refuseUnless(
                needed <= timings.kernelLateNanos(),
                "the kernel may drop an address " + millis(needed) + " late, and only "
                        + millis(timings.kernelLateNanos()) + " are kept for that");
    }

    /** Else a proof from before the last probe would do, and whoever had the address then may have it still. */
    private void proofIsYoungerThanTheProbes() {
        refuseUnless(
                timings.proofNanos() <= timings.probeNanos(),
                "a proof may be " + millis(timings.proofNanos()) + " old, which is more than the "
                        + millis(timings.probeNanos()) + " between two probes");
    }

    private long leaseNanos() {
        return SECONDS.toNanos(timings.ttlSeconds());
    }

    /** What is left when clocks are as different and the kernel is as late as they may be. */
    private long usableNanos(long lengthNanos) {
        return sureNanos(lengthNanos) - timings.kernelLateNanos();
    }

    private String lease() {
        return "a lease of " + timings.ttlSeconds() + " s is good for " + millis(usableNanos(leaseNanos()))
                + " where clocks are inexact and the kernel is late";
    }

    private void refuseUnless(boolean fits, String problem) {
        if (!fits) {
            problems.add(problem);
        }
    }

    private static String millis(long nanos) {
        return NANOSECONDS.toMillis(nanos) + " ms";
    }
}
