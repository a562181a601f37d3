package io.pgproxy.vip.machine.sim;

import io.pgproxy.vip.machine.Preferences;
import io.pgproxy.vip.machine.Timings;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** The kinds of runs that the guarantee covers, each drawn from its seed. */
final class Plans {
    /** What the guarantee covers however the hosts are connected. */
    private static final Set<Trouble> ANYWHERE =
            EnumSet.complementOf(EnumSet.of(Trouble.OPERATOR_DELETES_KEY, Trouble.ETCD_WIPED));

    /**
     * What it covers only while probes reach the other hosts, beside everything else that leaves their links alone. Not
     * with it: an operator who takes the address from a frozen host whose key was deleted too. Its next touch is no
     * renewal then, which nobody can know before.
     */
    private static final Set<Trouble> CONNECTED = EnumSet.complementOf(EnumSet.of(
            Trouble.LAN_CUT,
            Trouble.HOST_CUT_OFF_FROM_HOSTS,
            Trouble.CABLE_PULLED,
            Trouble.DEAF,
            Trouble.OPERATOR_TAKES_ADDRESS));

    private Plans() {}

    /** Any trouble but those that need the hosts to be connected. */
    static Plan anyNetwork(long seed) {
        Chance chance = new Chance(~seed);
        Plan plan = drawn(chance);
        plan.kinds = ANYWHERE;
        plan.arpWorks = chance.with(0.6);
        return plan;
    }

    /** The hosts reach one another; the key is deleted, etcd wiped or stale, the kernel as late as it ever was. */
    static Plan hostsConnected(long seed) {
        Chance chance = new Chance(~seed);
        Plan plan = drawn(chance);
        plan.kinds = CONNECTED;
        plan.latestDropNanos = chance.with(0.5) ? 1_600 * Span.MILLI : plan.latestDropNanos;
        return plan;
    }

    /** No probe ever arrives, and what goes wrong goes wrong together, with pauses where they hurt. */
    static Plan withoutArp(long seed) {
        Chance chance = new Chance(~seed);
        Plan plan = drawn(chance);
        plan.kinds = ANYWHERE;
        plan.arpWorks = false;
        plan.inBursts = true;
        plan.troubles = 3 + chance.below(9);
        plan.criticalPauses = chance.between(0.0, 0.2);
        return plan;
    }

    /** At times an address is left to whoever sees a primary, and at times to one host that is to have it. */
    private static void prefer(Plan plan, Chance chance) {
        OptionalLong handoverAfter =
                chance.with(0.5) ? OptionalLong.of(chance.between(Span.SECOND, 4 * Span.SECOND)) : OptionalLong.empty();
        if (plan.peers.isEmpty() && chance.with(0.2)) {
            plan.favourite = OptionalInt.of(chance.below(plan.hosts));
            plan.preemptNanos = chance.between(Span.SECOND, 5 * Span.SECOND);
        }
        long drainNanos = chance.between(0, plan.longestDrainNanos);
        Preferences usual = new Preferences(handoverAfter, 100, OptionalLong.empty(), drainNanos);
        Preferences favourites = new Preferences(handoverAfter, 200, OptionalLong.of(plan.preemptNanos), drainNanos);
        plan.builder = Decider.preferring(
                member -> plan.favourite.isPresent() && member.equals(Host.nameOf(plan.favourite.getAsInt()))
                        ? favourites
                        : usual);
    }

    private static Plan drawn(Chance chance) {
        Plan plan = new Plan();
        plan.hosts = chance.with(0.3) ? 3 : 2;
        boolean peers = chance.with(0.85);
        plan.peers = peers ? List.of() : Collections.nCopies(plan.hosts, Set.of());
        plan.timings = Timings.withTtl(!peers || chance.with(0.2) ? 8 : 3);
        plan.grantedExtraSeconds = chance.with(0.2) ? chance.between(1, 5) : 0;
        plan.troubles = 1 + chance.below(10);
        plan.inBursts = chance.with(0.4);
        plan.briefPauses = chance.with(0.7) ? chance.between(0.0, 0.02) : 0;
        plan.wholePauses = chance.with(0.5) ? chance.between(0.0, 0.001) : 0;
        plan.criticalPauses = chance.with(0.5) ? chance.between(0.0, 0.05) : 0;
        plan.touchFails = chance.with(0.2) ? 0.05 : 0;
        plan.deleteFails = chance.with(0.2) ? 0.05 : 0;
        plan.longestDrainNanos = chance.with(0.5) ? 2 * Span.SECOND : 0;
        plan.sessionsLinger = chance.with(0.3) ? 0.5 : 0;
        plan.stopPost = chance.with(0.3) ? 0.7 : 0;
        plan.startWithinNanos = chance.with(0.3) ? 0 : Span.SECOND;
        prefer(plan, chance);
        return plan;
    }
}
