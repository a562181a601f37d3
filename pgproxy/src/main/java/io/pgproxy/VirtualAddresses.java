package io.pgproxy;

import io.pgproxy.admin.Order;
import io.pgproxy.config.EtcdConfig;
import io.pgproxy.config.PeerAddress;
import io.pgproxy.config.VipConfig;
import io.pgproxy.vip.PeerLine;
import io.pgproxy.vip.Rehearsal;
import io.pgproxy.vip.VipManager;
import io.pgproxy.vip.VipSettings;
import io.pgproxy.vip.Visitors;
import io.pgproxy.vip.etcd.EtcdLeaseClient;
import io.pgproxy.vip.kernel.Kernel;
import io.pgproxy.vip.kernel.KernelAddress;
import io.pgproxy.vip.kernel.SuspendedTime;
import io.pgproxy.vip.machine.Event;
import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.Member;
import io.pgproxy.vip.machine.Preferences;
import io.pgproxy.vip.machine.Timings;
import io.pgproxy.vip.machine.VipMachine;
import io.pgproxy.vip.peer.Membership;
import io.pgproxy.vip.peer.PeerLink;
import io.pgproxy.vip.peer.SelfSearch;
import io.pgproxy.vip.peer.SharedSecret;
import io.pgproxy.vip.peer.ThisHost;
import io.pgproxy.vip.peer.UnusableSecretException;
import io.pgproxy.vip.run.Run;
import io.pgproxy.vip.run.RunFile;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The virtual addresses as this instance takes part in them: every piece is built here and told of those that it needs.
 * {@link #start} and {@link #end} belong to the main thread, the rest is safe from any.
 *
 * <pre>
 *   etcd ──┐                           ┌──► kernel
 *   peers ─┼─ events ─► vip thread ────┼──► visitors (the proxy)
 *   kernel ┘                           └──► etcd, peers
 * </pre>
 */
final class VirtualAddresses {
    private static final Logger LOG = LoggerFactory.getLogger(VirtualAddresses.class);
    /** For the lease to be given back, beside the time that the sessions have. */
    private static final long STOP_GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final VipConfig config;
    private final Instance me;
    private final Membership.Known members;
    private final RunFile runFile;
    private final Deque<Runnable> closing = new ArrayDeque<>();
    private final Rehearsal rehearsal;
    private final EtcdLeaseClient lease;
    private final VipManager manager;
    private final Optional<PeerLink> link;
    private boolean started;

    /**
     * Opens what is needed: sockets to the kernel and the peers, connections to etcd. Nothing is asked or put on yet.
     *
     * @param folder where it stands for whoever comes after us
     * @param needsPrimary whether clients come here to write
     * @param news told what is seen of the addresses on this host and its networks
     * @throws IllegalArgumentException if the secret or one of etcd's files can't be used, saying which and why
     * @throws IOException with what else is wrong in the operator's words; it may pass
     */
    VirtualAddresses(
            VipConfig config, EtcdConfig etcd, Path folder, boolean needsPrimary, Visitors visitors, AddressNews news)
            throws IOException {
        this.config = config;
        Optional<SharedSecret> secret = secret(config);
        members = members(config);
        me = new Instance(members.me(), boot());
        runFile = RunFile.take(folder);
        try {
            SortedSet<Member> others = new TreeSet<>(members.others().keySet());
            Timings timings = VipSettings.timings(config);
            Preferences preferences = VipSettings.preferences(config.handover(), needsPrimary);
            VipMachine machine = new VipMachine(me, others, timings, preferences);
            rehearsal = new Rehearsal(me, others, timings, preferences);
            link = secret.isPresent() ? Optional.of(link(config, members, me, secret.get())) : Optional.empty();
            link.ifPresent(open -> closing.push(open::close));
            lease = new EtcdLeaseClient(etcd, config.name(), me);
            closing.push(lease::close);
            Kernel kernel = Kernel.load();
            KernelAddress address = new KernelAddress(kernel, config.addresses(), config.networkInterface(), news);
            closing.push(address::close);
            PeerLine peers = link.<PeerLine>map(open -> open).orElse(message -> {});
            manager = new VipManager(machine, lease, address, peers, visitors, new SuspendedTime(kernel));
            news.tell(manager::tell, () -> link.map(PeerLink::peerAddresses).orElse(Set.of()));
        } catch (IOException | RuntimeException e) {
            closeParts();
            throw e;
        }
    }

    private static Membership.Known members(VipConfig config) throws IOException {
        Membership found = SelfSearch.find(config, new ThisHost());
        if (found instanceof Membership.Known known) {
            return known;
        }
        throw new IOException(((Membership.Unclear) found).problem());
    }

    /** Never 0, which stands for a run that is not known. */
    private static long boot() {
        long drawn = new SecureRandom().nextLong();
        return drawn == 0 ? 1 : drawn;
    }

    /**
     * What only the members know; empty without peers.
     *
     * @throws IllegalArgumentException if it can't be used, saying why
     */
    static Optional<SharedSecret> secret(VipConfig config) {
        try {
            Optional<Path> file = config.peers().secretFile();
            return file.isPresent() ? Optional.of(SharedSecret.read(file.get())) : Optional.empty();
        } catch (UnusableSecretException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static PeerLink link(VipConfig config, Membership.Known members, Instance me, SharedSecret secret)
            throws IOException {
        return PeerLink.open(
                members, me.boot(), config.peers().listen(), new PeerLink.Keys(config.name(), secret), new ThisHost());
    }

    /** As they are now. Who moves while we run only hears of our death late. */
    private static Map<PeerAddress, List<InetAddress>> addresses(Membership.Known members) {
        Map<PeerAddress, List<InetAddress>> addresses = new LinkedHashMap<>();
        for (PeerAddress other : members.others().values()) {
            addresses.put(other, new ThisHost().addresses(other.host()));
        }
        return addresses;
    }

    /** Does once what clients would wait for when it is done for the first time; changes nothing. Does not wait. */
    void rehearse() {
        rehearsal.ask(lease.rehearsing());
        rehearsal.play();
    }

    /**
     * Takes part from now on; it claims nothing before {@link #fitness} says that it may.
     *
     * @param turned called while the thread that holds the address turns; must not wait
     */
    void start(Runnable turned) throws IOException {
        runFile.write(Run.begun(config, me, addresses(members)));
        manager.start(turned);
        started = true;
        link.ifPresent(open -> open.listen(manager::hear));
    }

    /** Whether this instance could serve clients. */
    void fitness(Fitness.Finding finding) {
        manager.tell(new Event.PrimarySeen(finding.primaryInSight()));
        manager.tell(new Event.Eligible(finding.fit(), finding.reason()));
    }

    /** To hand over on purpose. */
    Order move() {
        return new MoveOrder(me.member(), drainNanos(), manager::status, manager::tell);
    }

    private long drainNanos() {
        return config.handover().handoverDrain().toNanos();
    }

    /** How things stand, for the report. */
    VipReport report() {
        return new VipReport(config.addresses(), me.member(), manager::status);
    }

    VipManager manager() {
        return manager;
    }

    /**
     * Hands over, gives the lease back, and ends every part; but nobody else on this host is let at the addresses
     * before the process has ended, since what hangs in the kernel now may act until then.
     */
    void end() throws Exception {
        try {
            if (!started) {
                return;
            }
            manager.stop(drainNanos()).toCompletableFuture().get(drainNanos() + STOP_GRACE_NANOS, TimeUnit.NANOSECONDS);
            if (manager.status().idle()) {
                runFile.endedCleanly();
            }
        } finally {
            closeParts();
        }
    }

    private void closeParts() {
        while (!closing.isEmpty()) {
            try {
                closing.pop().run();
            } catch (RuntimeException e) {
                LOG.error("a part of the virtual address cannot be closed", e);
            }
        }
    }
}
