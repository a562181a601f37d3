package io.pgproxy.vip.machine.sim;

import io.pgproxy.vip.machine.Event;
import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.Member;
import io.pgproxy.vip.machine.PeerMessage;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A host: its clock, its kernel with the address, its way to etcd, and the supervisor that starts its program again. */
final class Host implements Kernel.Witness {
    private final World world;
    private final int index;
    private final Member member;
    private final HostClock clock;
    private final Kernel kernel;
    private final EtcdLine etcd;
    private SortedSet<Member> others = new TreeSet<>();
    private @Nullable Program program;
    private boolean eligible = true;
    private boolean seesPrimary = true;
    private long lastGone = Long.MAX_VALUE / 2;

    Host(World world, int index, HostClock clock) {
        this.world = world;
        this.index = index;
        this.clock = clock;
        member = nameOf(index);
        kernel = new Kernel(world.agenda(), clock, world.chance(), world.plan().latestDropNanos, this);
        etcd = new EtcdLine(index, world.agenda(), world.chance(), world.weather(), world.etcd());
        world.etcd().watch(() -> etcd.hint(() -> tell(Inbox.Source.ETCD, new Event.KeyMoved())));
    }

    static Member nameOf(int index) {
        return new Member("ct" + (100 + index) + ":7001");
    }

    int index() {
        return index;
    }

    Member member() {
        return member;
    }

    HostClock clock() {
        return clock;
    }

    Kernel kernel() {
        return kernel;
    }

    EtcdLine etcd() {
        return etcd;
    }

    /** Whom the program on this host is configured to have beside it. */
    void knows(SortedSet<Member> members) {
        others = members;
    }

    @Nullable Program program() {
        return program;
    }

    boolean runs() {
        return program != null && program.runs();
    }

    void start() {
        if (runs()) {
            return;
        }
        Instance me = new Instance(member, world.chance().any());
        Program fresh = new Program(me, world.plan().builder.build(me, others, world.plan().timings), this, world);
        program = fresh;
        world.trace().say(() -> me + " starts");
        fresh.tell(Inbox.Source.CONTROL, new Event.Started());
        world.agenda().in(world.chance().between(0, 20 * Span.MILLI), () -> {
            fresh.tell(Inbox.Source.CONTROL, new Event.PrimarySeen(seesPrimary));
            fresh.tell(Inbox.Source.CONTROL, fitness());
        });
    }

    private Event fitness() {
        return new Event.Eligible(eligible, eligible ? "" : "listeners not bound");
    }

    void becomesEligible(boolean now) {
        eligible = now;
        tell(Inbox.Source.CONTROL, fitness());
    }

    void seesPrimary(boolean now) {
        seesPrimary = now;
        tell(Inbox.Source.CONTROL, new Event.PrimarySeen(now));
    }

    void kill(String why) {
        Program victim = program;
        if (victim == null || !victim.runs()) {
            return;
        }
        world.trace().say(() -> victim.me() + " " + why);
        victim.die();
        if (world.chance().with(world.plan().stopPost)) {
            world.agenda().in(world.chance().between(Span.MILLI, 60 * Span.MILLI), () -> stopPost(victim));
        }
        restartLater();
    }

    /** The service manager's step after the program's end, unless the next run was faster. */
    private void stopPost(Program victim) {
        if (victim != program) {
            return;
        }
        if (!world.plan().stopPostLeavesAddress) {
            if (kernel.refuses()) {
                return;
            }
            kernel.delete(Kernel.Why.DELETED);
        }
        claimsToBeGone(victim);
    }

    private void claimsToBeGone(Program run) {
        others.forEach(other -> world.lan().say(gone(run, other)));
    }

    private PeerMessage gone(Program run, Member to) {
        return new PeerMessage.Gone(run.me(), new Instance(to, 0), ++lastGone);
    }

    /** The others' shells tell their machines that this program is dead, because the link to it ended. */
    void takenForDead(List<Host> all) {
        Program run = program;
        if (run != null) {
            all.stream().filter(other -> other != this).forEach(other -> other.hears(gone(run, other.member())));
        }
    }

    /** The program has done all that it had to do before its end. */
    void exited() {
        Program leaving = program;
        if (leaving != null) {
            world.trace().say(() -> leaving.me() + " ends cleanly");
            leaving.die();
            restartLater();
        }
    }

    private void restartLater() {
        long delayNanos = world.chance().between(world.plan().restartSoonestNanos, world.plan().restartLatestNanos);
        world.agenda().at(world.notAfterTroubles(world.agenda().nowNanos() + delayNanos), this::start);
    }

    void tell(Inbox.Source source, Object what) {
        if (program != null) {
            program.tell(source, what);
        }
    }

    void hears(PeerMessage message) {
        tell(Inbox.Source.PEER, message);
    }

    /** The network shows that the other host has the address. */
    void sees(int other) {
        tell(Inbox.Source.ARP, new Event.ConflictSeen("02:00:00:00:00:0" + other, true));
    }

    @Override
    public void appeared() {
        world.addressAppeared(this);
    }

    @Override
    public void vanished(Kernel.Why why) {
        world.addressVanished(this, why);
        if (why != Kernel.Why.DELETED) {
            long noticedNanos = world.chance().between(Span.MILLI, 50 * Span.MILLI);
            world.agenda().in(noticedNanos, () -> tell(Inbox.Source.NETLINK, new Event.AddressLost()));
        }
    }
}
