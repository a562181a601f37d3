package io.pgproxy.vip.kernel;

import io.pgproxy.vip.VipAddress;
import io.pgproxy.vip.kernel.wire.AddressEntry;
import io.pgproxy.vip.kernel.wire.Link;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import jnr.constants.platform.Errno;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The virtual addresses in this host's kernel and on its networks. The kernel's own list is what counts: whatever has
 * one of the addresses there, with any prefix length and put on by anybody, is the address.
 *
 * <p>Confined as {@link VipAddress} says; made by another thread before the vip thread starts, and closed after that
 * one has ended.
 */
public final class KernelAddress implements VipAddress {
    private static final Logger LOG = LoggerFactory.getLogger(KernelAddress.class);

    /** The kernel answers within the call; this is for one that does not at all. */
    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Deque<Runnable> closing = new ArrayDeque<>();
    private final List<Place> places;
    private final AddressTable table;
    private final Wire wire;
    private final Fuse fuse;
    private final Announcer announcer;
    private final AddressWatch watch;
    private final AddressEvents events;

    /**
     * Opens what is needed, and puts nothing on yet.
     *
     * @param interfaceName where the addresses belong; empty for the interface whose subnet holds each
     * @throws KernelException with what is wrong in the operator's words: the configuration, a right that is missing
     */
    public KernelAddress(Kernel kernel, List<InetAddress> addresses, Optional<String> interfaceName, Listener listener)
            throws KernelException {
        try {
            table = new AddressTable(kernel, ANSWER_NANOS);
            closing.push(table::close);
            fuse = new Fuse(kernel);
            closing.push(fuse::close);
            table.rehearse(fuse);
            places = Places.find(table, addresses, interfaceName);
            wire = new Wire(kernel, places, new ConflictWatch(listener));
            closing.push(wire::close);
            announcer = new Announcer(wire::announce, new Fuse(kernel));
            closing.push(announcer::close);
            watch = new AddressWatch(kernel, places, announcer, listener);
            events = new AddressEvents(kernel, watch);
            closing.push(events::close);
            watch.begin();
            List<Receiver> receivers = new ArrayList<>(wire.receivers());
            receivers.add(events);
            closing.push(new ReceiveLoop(kernel, "vip-listen", receivers, watch::deaf)::close);
        } catch (KernelException e) {
            close();
            throw e.isBecause(Errno.EPERM)
                    ? new KernelException(
                            "take charge of the virtual address",
                            "CAP_NET_ADMIN and CAP_NET_RAW are needed: " + e.getMessage(),
                            e)
                    : e;
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    @Override
    public boolean touch(int lifetimeSeconds, long fuseAtNanos) {
        try {
            for (Place place : places) {
                if (!table.put(place, lifetimeSeconds, fuse, fuseAtNanos)) {
                    LOG.warn("held up for too long: the virtual address is not put on with what was known before");
                    return false;
                }
            }
            watch.standing();
            return true;
        } catch (KernelException e) {
            LOG.error("{}", e.getMessage());
            return false;
        }
    }

    @Override
    public boolean delete() {
        watch.leaving();
        announcer.hush();
        try {
            for (AddressEntry entry : present()) {
                if (!entry.isOurs()) {
                    LOG.warn("taking off {}, which something else than pgproxy put on", entry);
                }
                table.delete(entry);
            }
            readOurOwnNews();
            return present().isEmpty();
        } catch (KernelException e) {
            LOG.error("{}", e.getMessage());
            return false;
        }
    }

    /** Else they would be news when the address has been put on again. Whether it is gone only the list can tell. */
    private void readOurOwnNews() {
        try {
            events.receive();
        } catch (KernelException e) {
            LOG.warn("the kernel's news of the virtual address can't be read: {}", e.getMessage());
        }
    }

    @Override
    public boolean isPresent() {
        try {
            return !present().isEmpty();
        } catch (KernelException e) {
            LOG.warn("taking the virtual address for present: {}", e.getMessage());
            return true;
        }
    }

    private List<AddressEntry> present() throws KernelException {
        return table.dump().stream()
                .filter(entry ->
                        places.stream().anyMatch(place -> place.address().equals(entry.address())))
                .toList();
    }

    @Override
    public boolean probe() {
        try {
            wire.probe();
            return allCarry();
        } catch (KernelException e) {
            LOG.warn("the network can't be asked who has the virtual address: {}", e.getMessage());
            return false;
        }
    }

    /** With its cable out an interface takes a question and nobody hears it. */
    private boolean allCarry() throws KernelException {
        List<Integer> carrying =
                table.links().stream().filter(Link::isRunning).map(Link::index).toList();
        return places.stream().allMatch(place -> carrying.contains(place.link().index()));
    }

    @Override
    public boolean listen() {
        try {
            return wire.listen();
        } catch (KernelException e) {
            LOG.warn("what was said of the virtual address can't be read: {}", e.getMessage());
            return false;
        }
    }

    @Override
    public void announce(boolean raised, long untilNanos) {
        announcer.announce(raised, untilNanos);
    }

    @Override
    public void hush() {
        announcer.hush();
    }

    /** Takes nothing off: what still stands the kernel takes off when its time is over. */
    @Override
    public void close() {
        while (!closing.isEmpty()) {
            closing.pop().run();
        }
    }
}
