package io.pgproxy.vip.kernel;

import io.pgproxy.vip.VipAddress;
import io.pgproxy.vip.kernel.wire.AddressEntry;
import io.pgproxy.vip.kernel.wire.Link;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the kernel's news into what concerns the virtual addresses: one of them is gone and we did not take it off, or
 * an interface of theirs carries packets no longer, or does again. Safe from any thread.
 */
final class AddressWatch implements AddressEvents.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(AddressWatch.class);
    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Kernel kernel;
    private final List<Place> places;
    private final Announcer announcer;
    private final VipAddress.Listener listener;
    private final Set<Integer> silentLinks = new HashSet<>();
    private boolean standing;
    private boolean deaf;

    AddressWatch(Kernel kernel, List<Place> places, Announcer announcer, VipAddress.Listener listener) {
        this.kernel = kernel;
        this.places = places;
        this.announcer = announcer;
        this.listener = listener;
    }

    /** Once the kernel's news are listened to: tells how the interfaces are now. */
    void begin() throws KernelException {
        look();
        tellNetwork();
    }

    private synchronized void tellNetwork() {
        listener.network(silentLinks.isEmpty() && !deaf);
    }

    /** The kernel's news are listened to no longer: whatever happens to the interfaces, nobody here would know. */
    synchronized void deaf() {
        deaf = true;
        tellNetwork();
    }

    /** The kernel has put all of them on. */
    synchronized void standing() {
        standing = true;
    }

    /** We take them off: from here on their end is no news. */
    synchronized void leaving() {
        standing = false;
    }

    private synchronized boolean isStanding() {
        return standing;
    }

    @Override
    public void addressPut(AddressEntry entry, long readNanos) {}

    @Override
    public synchronized void addressGone(AddressEntry entry, long readNanos) {
        if (standing && places.stream().anyMatch(place -> place.isAt(entry))) {
            lost();
        }
    }

    private void lost() {
        standing = false;
        announcer.hush();
        listener.lost();
    }

    @Override
    public synchronized void linkChanged(Link link, long readNanos) {
        link(link.index(), link.isRunning());
    }

    @Override
    public synchronized void linkGone(Link link, long readNanos) {
        if (isOurs(link.index())) {
            LOG.error(
                    "interface {} is gone, and the virtual address with it: start pgproxy anew once it is back",
                    link.name());
            link(link.index(), false);
        }
    }

    private boolean isOurs(int link) {
        return places.stream().anyMatch(place -> place.link().index() == link);
    }

    private void link(int link, boolean carries) {
        boolean changed = isOurs(link) && (carries ? silentLinks.remove(link) : silentLinks.add(link));
        if (changed) {
            LOG.info("interface {} {}", name(link), carries ? "carries packets again" : "carries no packets");
            tellNetwork();
            if (carries) {
                announcer.again();
            }
        }
    }

    private String name(int link) {
        return places.stream()
                .filter(place -> place.link().index() == link)
                .findFirst()
                .map(place -> place.link().name())
                .orElse("");
    }

    /** Where news were lost, the lists tell what they were about. */
    @Override
    public void eventsLost(long readNanos) throws KernelException {
        look();
    }

    private void look() throws KernelException {
        boolean stood = isStanding();
        try (AddressTable table = new AddressTable(kernel, ANSWER_NANOS)) {
            List<AddressEntry> present = table.dump();
            Set<Integer> running = table.links().stream()
                    .filter(Link::isRunning)
                    .map(Link::index)
                    .collect(Collectors.toSet());
            synchronized (this) {
                places.forEach(place ->
                        link(place.link().index(), running.contains(place.link().index())));
                if (stood
                        && standing
                        && !places.stream().allMatch(place -> present.stream().anyMatch(place::isAt))) {
                    lost();
                }
            }
        }
    }
}
