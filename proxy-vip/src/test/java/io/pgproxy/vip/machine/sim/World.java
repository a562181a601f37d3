package io.pgproxy.vip.machine.sim;

import io.pgproxy.vip.machine.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** One run's hosts, network and etcd, and those who look on. Built from a plan and a seed; confined to one thread. */
final class World {
    private final Plan plan;
    private final Agenda agenda = new Agenda();
    private final Chance chance;
    private final Trace trace;
    private final Weather weather;
    private final Pauses pauses;
    private final EtcdCluster.Unreliability unreliability = new EtcdCluster.Unreliability();
    private final EtcdCluster etcd;
    private final Lan lan;
    private final List<Host> hosts = new ArrayList<>();
    private final Pace pace;
    private final AuthorityCheck authority;
    private final OneHolder oneHolder = new OneHolder();
    private final Gaps gaps = new Gaps();

    World(Plan plan, long seed, boolean traced) {
        this.plan = plan;
        chance = new Chance(seed);
        trace = new Trace(agenda, traced);
        weather = new Weather(chance, plan);
        pauses = new Pauses(agenda, chance, plan);
        etcd = new EtcdCluster(agenda, chance, clock(), trace, unreliability);
        etcd.grantsLonger(plan.grantedExtraSeconds);
        lan = new Lan(agenda, chance, weather, plan.arpWorks);
        pace = new Pace(agenda, plan.hosts);
        authority = new AuthorityCheck(plan);
        for (int index = 0; index < plan.hosts; index++) {
            hosts.add(new Host(this, index, clock()));
        }
        lan.join(hosts);
        hosts.forEach(host -> host.knows(peersOf(host)));
        hosts.forEach(host -> agenda.at(chance.between(0, plan.startWithinNanos), host::start));
        new Troubles(this).set();
    }

    private HostClock clock() {
        double rate = 1 + chance.between(-plan.clockRates, plan.clockRates);
        return new HostClock(agenda, chance.between(0, 1_000_000 * Span.SECOND), rate);
    }

    private SortedSet<Member> peersOf(Host host) {
        SortedSet<Member> others = new TreeSet<>();
        if (plan.peers.isEmpty()) {
            hosts.stream().filter(other -> other != host).forEach(other -> others.add(other.member()));
        } else {
            plan.peers.get(host.index()).forEach(other -> others.add(Host.nameOf(other)));
        }
        return others;
    }

    Plan plan() {
        return plan;
    }

    Agenda agenda() {
        return agenda;
    }

    Chance chance() {
        return chance;
    }

    Trace trace() {
        return trace;
    }

    Weather weather() {
        return weather;
    }

    Pauses pauses() {
        return pauses;
    }

    EtcdCluster etcd() {
        return etcd;
    }

    EtcdCluster.Unreliability unreliability() {
        return unreliability;
    }

    Lan lan() {
        return lan;
    }

    List<Host> hosts() {
        return hosts;
    }

    Pace pace() {
        return pace;
    }

    AuthorityCheck authority() {
        return authority;
    }

    Gaps gaps() {
        return gaps;
    }

    Set<Integer> holders() {
        return oneHolder.holders();
    }

    Host holderOrAny() {
        Set<Integer> holders = oneHolder.holders();
        return holders.isEmpty()
                ? chance.oneOf(hosts)
                : hosts.get(holders.iterator().next());
    }

    Host another(Host host) {
        return chance.oneOf(hosts.stream().filter(other -> other != host).toList());
    }

    /** That time, or a little after the last trouble's end if it is later than that. */
    long notAfterTroubles(long atNanos) {
        return Math.min(atNanos, Math.max(plan.calmNanos(), agenda.nowNanos()) + 10 * Span.MILLI);
    }

    /** A link between hosts was cut; a shell that takes that for the other's death says so. */
    void linksBroke() {
        if (plan.linkEndIsDeath) {
            hosts.forEach(host -> host.takenForDead(hosts));
        }
    }

    void addressAppeared(Host host) {
        trace.say(() -> "++ the address appears on " + host.member());
        gaps.appeared(host.index(), agenda.nowNanos());
        oneHolder.appeared(host.index());
    }

    void addressVanished(Host host, Kernel.Why why) {
        trace.say(() -> "-- the address vanishes from " + host.member() + ": " + why);
        gaps.vanished(host.index(), agenda.nowNanos());
        oneHolder.vanished(host.index());
    }
}
