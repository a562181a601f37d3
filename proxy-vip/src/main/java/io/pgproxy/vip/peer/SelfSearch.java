package io.pgproxy.vip.peer;

import static java.util.stream.Collectors.joining;

import io.pgproxy.config.BindAddress;
import io.pgproxy.config.IpText;
import io.pgproxy.config.PeerAddress;
import io.pgproxy.config.PeersConfig;
import io.pgproxy.config.VipConfig;
import io.pgproxy.vip.machine.Member;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Finds out which member this instance is: {@code self} where it is written, else the one of the peers that has an
 * address of this host, else, where the list has only the others, the address by which this host reaches them. Pure but
 * for what it asks the host; confined to one search.
 */
public final class SelfSearch {
    private final PeersConfig config;
    private final List<InetAddress> virtual;
    private final LocalHost host;

    private SelfSearch(VipConfig vip, LocalHost host) {
        config = vip.peers();
        virtual = vip.addresses();
        this.host = host;
    }

    /** Blocks as long as the host needs to resolve the peers' names. */
    public static Membership find(VipConfig vip, LocalHost host) {
        return new SelfSearch(vip, host).find();
    }

    private Membership find() {
        List<PeerAddress> here = config.peers().stream().filter(this::isHere).toList();
        if (config.self().isPresent()) {
            return namedSelf(config.self().get(), here);
        }
        if (config.peers().isEmpty()) {
            return new Membership.Known(new Member(host.name()), new TreeMap<>());
        }
        return switch (here.size()) {
            case 0 -> selfOutsideTheList();
            case 1 -> withOthersThan(here.get(0));
            default ->
                unclear("peers names this host " + here.size() + " times, as " + listed(here)
                        + "; write the one that the others know it by, and no other of them");
        };
    }

    private Membership namedSelf(PeerAddress self, List<PeerAddress> here) {
        List<PeerAddress> more =
                here.stream().filter(peer -> !peer.equals(self)).toList();
        if (!more.isEmpty()) {
            return unclear("self is " + self + ", and peers names this host too, as " + listed(more));
        }
        return withOthersThan(self);
    }

    private Membership selfOutsideTheList() {
        List<PeerAddress> unknown = config.peers().stream()
                .filter(peer -> host.addresses(peer.host()).isEmpty())
                .toList();
        if (!unknown.isEmpty()) {
            return unclear("can't tell whether this host is one of the peers, since " + listed(unknown)
                    + " resolves to nothing now" + writeSelf());
        }
        if (listenAddress().isPresent()) {
            return withOthersThan(at(listenAddress().get()));
        }
        Set<InetAddress> sources = new LinkedHashSet<>();
        for (PeerAddress peer : config.peers()) {
            host.sourceTowards(host.addresses(peer.host()).get(0)).ifPresent(sources::add);
        }
        if (sources.size() != 1 || virtual.containsAll(sources)) {
            return unclear("none of the peers, " + listed(config.peers()) + ", is this host, and it reaches them from "
                    + (sources.isEmpty()
                            ? "no address"
                            : listed(sources.stream().map(IpText::of).toList()))
                    + writeSelf());
        }
        return withOthersThan(at(sources.iterator().next()));
    }

    private String writeSelf() {
        return "; write as self the host and port that the others know this instance by";
    }

    private PeerAddress at(InetAddress address) {
        return new PeerAddress(IpText.of(address), config.listen().port());
    }

    /** Whether what is sent to that peer arrives here. */
    private boolean isHere(PeerAddress peer) {
        if (peer.port() != config.listen().port()) {
            return false;
        }
        return host.addresses(peer.host()).stream().anyMatch(address -> isHere(peer, address));
    }

    private boolean isHere(PeerAddress peer, InetAddress address) {
        boolean isName = !IpText.of(address).equals(peer.host());
        return listenAddress()
                // A host's own name often is a loopback address to itself (Debian: 127.0.1.1).
                .map(listen -> address.equals(listen) || (isName && address.isLoopbackAddress()))
                .orElseGet(() -> host.has(address) && !virtual.contains(address));
    }

    /** The only address that datagrams are taken at; empty for all of them. */
    private Optional<InetAddress> listenAddress() {
        BindAddress listen = config.listen();
        return listen.isWildcard()
                ? Optional.empty()
                : host.addresses(listen.host()).stream()
                        .filter(one -> !one.isAnyLocalAddress())
                        .findFirst();
    }

    private Membership withOthersThan(PeerAddress self) {
        SortedMap<Member, PeerAddress> others = new TreeMap<>();
        config.peers().stream()
                .filter(peer -> !peer.equals(self))
                .forEach(peer -> others.put(new Member(peer.toString()), peer));
        return others.isEmpty() && !config.peers().isEmpty()
                ? unclear("peers names nobody but this host, as " + self + "; write the others, or leave peers out")
                : new Membership.Known(new Member(self.toString()), others);
    }

    private static String listed(Collection<?> all) {
        return new ArrayList<>(all).stream().map(Object::toString).collect(joining(" and "));
    }

    private static Membership unclear(String problem) {
        return new Membership.Unclear("vip: " + problem);
    }
}
