package io.pgproxy.core;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Routing tables as a test wants them, for the one listener that most tests have. */
final class Tables {
    private Tables() {}

    /** New sessions go to these. */
    static RoutingTable goTo(long version, Candidate... candidates) {
        return table(version, new ListenerRoute(Arrays.asList(candidates), "", 0), Map.of());
    }

    /** New sessions wait; those that there are stay. */
    static RoutingTable nobody(long version, String why) {
        return table(version, new ListenerRoute(List.of(), why, System.nanoTime()), Map.of());
    }

    /** The same, with these known although they are no candidates. */
    static RoutingTable nobody(long version, Candidate... known) {
        Map<String, InetSocketAddress> addresses =
                Arrays.stream(known).collect(Collectors.toMap(Candidate::node, Candidate::address));
        ListenerRoute route = new ListenerRoute(List.of(), "no primary", System.nanoTime());
        return new RoutingTable(
                version, System.nanoTime(), "main", Map.of(Settings.LISTENER, route), addresses, Map.of());
    }

    /** New sessions do better to wait than to go there. */
    static RoutingTable heldBack(long version, Candidate... candidates) {
        ListenerRoute route =
                new ListenerRoute(List.of(), "no primary", System.nanoTime(), Map.of(), Arrays.asList(candidates));
        return table(version, route, Map.of());
    }

    /** New sessions wait, and those on the node end. */
    static RoutingTable roleLost(long version, String node) {
        Verdict lost = new Verdict(Standing.END, "role replica (was primary)");
        return table(
                version,
                new ListenerRoute(List.of(), "no primary", System.nanoTime()),
                Map.of(new RoutingTable.Seat(node, Role.PRIMARY), lost));
    }

    /** New sessions wait, and the listener has a verdict of its own on those on the node. */
    static RoutingTable ownVerdict(long version, Candidate on, Standing standing, String reason) {
        var own = Map.of(new RoutingTable.Seat(on.node(), on.role()), new Verdict(standing, reason));
        return table(version, new ListenerRoute(List.of(), "nobody", 0, own), Map.of());
    }

    static Candidate primary(String node, InetSocketAddress address) {
        return new Candidate(node, address, Role.PRIMARY, 0, 100);
    }

    private static RoutingTable table(long version, ListenerRoute route, Map<RoutingTable.Seat, Verdict> verdicts) {
        return new RoutingTable(version, System.nanoTime(), "main", Map.of(Settings.LISTENER, route), verdicts);
    }
}
