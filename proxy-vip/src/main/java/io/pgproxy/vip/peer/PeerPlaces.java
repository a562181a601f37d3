package io.pgproxy.vip.peer;

import io.pgproxy.config.PeerAddress;
import io.pgproxy.vip.machine.Member;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the peers' names lead to. One thread looks them up, which may take long; everybody else reads what was found
 * last. A name that stops resolving keeps its addresses: an outage of DNS must not end what the members say.
 */
final class PeerPlaces {
    private static final Logger LOG = LoggerFactory.getLogger(PeerPlaces.class);
    /** A host has one of each family; a name with a crowd behind it is none. */
    private static final int MAX_ADDRESSES = 4;

    private final SortedMap<Member, PeerAddress> peers;
    private final NameLookup lookup;
    /** Told already; of the thread that looks up. */
    private final Set<Member> silentNames = new HashSet<>();

    private volatile Found found = new Found(Map.of(), Set.of());

    private record Found(Map<Member, List<InetSocketAddress>> places, Set<InetAddress> addresses) {}

    PeerPlaces(SortedMap<Member, PeerAddress> peers, NameLookup lookup) {
        this.peers = peers;
        this.lookup = lookup;
        lookUp(false);
    }

    /** Where that peer is; nowhere if it is unknown, or its name has not resolved yet. */
    List<InetSocketAddress> of(Member member) {
        return found.places().getOrDefault(member, List.of());
    }

    /** All addresses of all peers. */
    Set<InetAddress> addresses() {
        return found.addresses();
    }

    /** Whether one of the peers has this address. */
    boolean have(InetAddress address) {
        return found.addresses().contains(address);
    }

    boolean hasNames() {
        return peers.values().stream().anyMatch(peer -> !isAddress(peer.host()));
    }

    boolean allAreKnown() {
        return found.places().size() == peers.size();
    }

    /** Looks every name up again; of one thread only. */
    void lookUp() {
        lookUp(true);
    }

    private void lookUp(boolean names) {
        Map<Member, List<InetSocketAddress>> places = new HashMap<>();
        peers.forEach((member, peer) -> {
            List<InetSocketAddress> before = of(member);
            List<InetSocketAddress> now = names || isAddress(peer.host()) ? resolve(peer) : List.of();
            List<InetSocketAddress> place = now.isEmpty() ? before : now;
            if (!place.isEmpty()) {
                places.put(member, place);
            }
            if (names) {
                tell(member, before, now);
            }
        });
        Set<InetAddress> addresses = new HashSet<>();
        places.values().stream().flatMap(Collection::stream).forEach(place -> addresses.add(place.getAddress()));
        found = new Found(places, Set.copyOf(addresses));
    }

    private List<InetSocketAddress> resolve(PeerAddress peer) {
        return lookup.addresses(peer.host()).stream()
                .limit(MAX_ADDRESSES)
                .map(address -> new InetSocketAddress(address, peer.port()))
                .toList();
    }

    private void tell(Member member, List<InetSocketAddress> before, List<InetSocketAddress> now) {
        if (now.isEmpty()) {
            if (silentNames.add(member)) {
                LOG.warn("peer {}: its name resolves to nothing; trying again{}", member, stillAt(before));
            }
        } else if (silentNames.remove(member) || !Set.copyOf(now).equals(Set.copyOf(before))) {
            LOG.info("peer {}: is at {}", member, now);
        }
    }

    private static String stillAt(List<InetSocketAddress> before) {
        return before.isEmpty() ? "" : ", and still sending to " + before;
    }

    /** Host names that look like this are refused by the configuration. */
    private static boolean isAddress(String host) {
        return host.indexOf(':') >= 0 || host.matches("[0-9.]+");
    }
}
