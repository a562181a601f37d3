package io.pgproxy.vip.kernel;

import io.pgproxy.vip.kernel.wire.AddressEntry;
import io.pgproxy.vip.kernel.wire.Link;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds where each virtual address belongs, or says all that is wrong with what was configured. */
final class Places {
    private final AddressTable table;
    private final List<String> problems = new ArrayList<>();

    private Places(AddressTable table) {
        this.table = table;
    }

    /** @param interfaceName empty for the interface whose subnet holds the address */
    static List<Place> find(AddressTable table, List<InetAddress> addresses, Optional<String> interfaceName)
            throws KernelException {
        Places places = new Places(table);
        List<AddressEntry> present = table.dump();
        List<Place> found = new ArrayList<>();
        for (InetAddress address : addresses) {
            places.refuseOwn(address, present);
            List<Link> links = interfaceName.isPresent() ? places.named(interfaceName.get()) : places.around(address);
            links.forEach(link -> found.add(new Place(address, link)));
        }
        if (!places.problems.isEmpty()) {
            throw new KernelException("find where the virtual addresses belong", String.join("; ", places.problems));
        }
        return List.copyOf(found);
    }

    private List<Link> named(String name) throws KernelException {
        List<Link> links = table.link(name).stream().toList();
        if (links.isEmpty()) {
            problems.add("there is no interface " + name);
        }
        return links;
    }

    private List<Link> around(InetAddress address) throws KernelException {
        List<Link> links = table.linksAround(address);
        if (links.size() != 1) {
            problems.add((links.isEmpty() ? "no interface has" : "several interfaces have") + " a subnet that holds "
                    + address.getHostAddress() + ", name one with vip.interface");
            return List.of();
        }
        return links;
    }

    /** What we take off at the start must not be the address by which the host itself is reached. */
    private void refuseOwn(InetAddress address, List<AddressEntry> present) {
        present.stream()
                .filter(entry -> entry.address().equals(address) && isOnlyOne(entry, present))
                .findFirst()
                .ifPresent(own -> problems.add(
                        address.getHostAddress() + "/" + own.subnet().prefixLength() + " is this host's own address"));
    }

    /**
     * Whether the interface would have no address of its own there without this one. What keepalived or an earlier run
     * left behind stands beside the host's own, and may go.
     */
    private static boolean isOnlyOne(AddressEntry entry, List<AddressEntry> present) {
        return !entry.isOurs()
                && present.stream()
                        .filter(other -> !other.address().equals(entry.address()))
                        .filter(other -> other.linkIndex() == entry.linkIndex() && !isLinkLocal(other))
                        .noneMatch(other -> isAlike(entry, other));
    }

    private static boolean isLinkLocal(AddressEntry entry) {
        return entry.address().isLinkLocalAddress();
    }

    private static boolean isAlike(AddressEntry entry, AddressEntry other) {
        return entry.subnet().isHost()
                ? other.address().getClass() == entry.address().getClass()
                : !other.subnet().isHost() && other.subnet().holds(entry.address());
    }
}
