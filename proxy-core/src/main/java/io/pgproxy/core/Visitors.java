package io.pgproxy.core;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The clients' connections of one loop that came by an address that may move, whatever they are at: a session, a cancel
 * request, a refusal that is heard out. Confined to the loop.
 */
final class Visitors {
    private final Map<InetAddress, Set<Channel>> byAddress = new HashMap<>();
    private final Set<Departure> departures = new LinkedHashSet<>();

    /** It is one of them until it is closed. */
    void arrived(Channel client, InetAddress by) {
        Set<Channel> theirs = byAddress.computeIfAbsent(by, first -> new LinkedHashSet<>());
        theirs.add(client);
        client.closeFuture().addListener(closed -> {
            theirs.remove(client);
            List.copyOf(departures).forEach(Departure::visitorLeft);
        });
    }

    /** Sees to it that they leave. */
    void depart(Departure departure, long drainNanos) {
        departures.add(departure);
        departure.begin(drainNanos);
    }

    void departed(Departure departure) {
        departures.remove(departure);
    }

    /** Clients are let in again by these addresses: whoever is still here may stay. */
    void stay(Set<InetAddress> addresses) {
        List.copyOf(departures).forEach(departure -> departure.callOffIfFrom(addresses));
    }

    boolean cameBy(Set<InetAddress> addresses, Channel client) {
        return addresses.stream().anyMatch(address -> by(address).contains(client));
    }

    boolean cameNoneBy(Set<InetAddress> addresses) {
        return addresses.stream().allMatch(address -> by(address).isEmpty());
    }

    List<Channel> by(Set<InetAddress> addresses) {
        return addresses.stream().map(this::by).flatMap(Collection::stream).toList();
    }

    private Set<Channel> by(InetAddress address) {
        return byAddress.getOrDefault(address, Set.of());
    }
}
