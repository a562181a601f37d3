package io.pgproxy.vip.machine.sim;

import io.pgproxy.vip.machine.Timings;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** What a run is made of, but for its seed. Filled in before the run, read only during it. */
final class Plan {
    int hosts = 2;
    Timings timings = Timings.withTtl(3);
    Decider.Builder builder = Decider::real;
    /** The host that asks for the address whenever another has it; it must have it in the end. */
    OptionalInt favourite = OptionalInt.empty();

    long preemptNanos;
    /** By host, which hosts its program is configured to have beside it; empty: all the others. */
    List<Set<Integer>> peers = List.of();

    Fuse fuse = Fuse.AS_DECIDED;
    boolean arpWorks = true;
    long latestDropNanos = 410 * Span.MILLI;
    long grantedExtraSeconds;
    double touchFails;
    double deleteFails;
    double briefPauses;
    double wholePauses;
    double criticalPauses;
    double clockRates = 0.01;
    /** How likely an old peer message comes again, whenever one is sent. */
    double replays;
    /** How likely the network takes longer than usual. */
    double spikes = 0.01;

    long spikeNanos = 5 * Span.MILLI;
    long startWithinNanos = Span.SECOND;
    long restartSoonestNanos = 20 * Span.MILLI;
    long restartLatestNanos = 4 * Span.SECOND;
    /** How likely a service manager's stop-post step runs after a crash. */
    double stopPost;

    long longestDrainNanos;
    /** How likely sessions need longer to be ended than they are given, or nearly as long. */
    double sessionsLinger;
    /** A planted fault: the stop-post step speaks although the address still stands. */
    boolean stopPostLeavesAddress;
    /** A planted fault: a peer link that breaks is taken for the death of the program at its other end. */
    boolean linkEndIsDeath;

    boolean checksAuthority = true;
    /** Whether one host must have the address in the end. */
    boolean comesToRest = true;

    long quietNanos = 5 * Span.SECOND;
    long troubledNanos = 20 * Span.SECOND;
    int troubles;
    /** Troubles begin together instead of one by one. */
    boolean inBursts;

    Set<Trouble> kinds = EnumSet.noneOf(Trouble.class);
    /** Troubles at their own time, beside those by chance. */
    List<Appointment> appointments = new ArrayList<>();

    double oneWayCables = 0.3;

    /** Which host, by what it is when the quiet time is over. */
    enum Where {
        HOLDER,
        NEXT,
        EVERYWHERE
    }

    /** A trouble at its own time. */
    record Appointment(Trouble trouble, Where where, long atNanos, long lengthNanos) {}

    /** A trouble so long after the quiet time. */
    Plan then(Trouble trouble, Where where, long afterNanos, long lengthNanos) {
        appointments.add(new Appointment(trouble, where, quietNanos + afterNanos, lengthNanos));
        return this;
    }

    /** When the last trouble is over. */
    long calmNanos() {
        return quietNanos + troubledNanos;
    }

    /**
     * How long after the last trouble there must be one holder again: until leases that nobody renews are gone and
     * promises are over, whichever takes longest, then a claim, a probe that a left-over address delays, and some calls.
     * Where one is to have it, the holder may have let go of it a moment ago, and keeps it for a minute.
     */
    long settleNanos() {
        long ttlNanos = (timings.ttlSeconds() + grantedExtraSeconds) * Span.SECOND;
        long leaseNanos = ttlNanos + EtcdCluster.ELECTION_NANOS + Span.SECOND / 2;
        long promiseNanos = timings.promiseNanos();
        long yieldNanos = 5 * Span.SECOND;
        long longestNanos = Math.max(leaseNanos, Math.max(promiseNanos, yieldNanos));
        long probeNanos = ttlNanos + 2 * Span.SECOND;
        return longestNanos
                + longestNanos / 50
                + probeNanos
                + longestDrainNanos
                + Timings.END_SESSIONS_NANOS
                + 3 * Span.SECOND
                + (favourite.isPresent() ? 65 * Span.SECOND + 2 * preemptNanos : 0);
    }
}
