package io.pgproxy.core;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One consistent answer to "who may go where", as of one instant. Immutable.
 *
 * <p>Health makes it, the relay loops read it; nothing else passes between the two in this direction.
 *
 * @param version grows by one with every table
 * @param madeAtNanos the monotonic time at which it was made
 * @param cluster the cluster's name, for people
 * @param listeners by listener name; a listener that is absent has no candidates
 * @param addresses by node: where its PostgreSQL is, of every node that may become a candidate, now or with a later
 *     table
 * @param verdicts what sessions on a node in a role may do, their listener's own policies left aside; a pair that is
 *     absent is {@link Standing#STAY}
 */
public record RoutingTable(
        long version,
        long madeAtNanos,
        String cluster,
        Map<String, ListenerRoute> listeners,
        Map<String, InetSocketAddress> addresses,
        Map<Seat, Verdict> verdicts) {
    private static final Verdict UNKNOWN = new Verdict(Standing.STAY, "not known yet");

    /** A node in a role. */
    public record Seat(String node, Role role) {}

    public RoutingTable {
        listeners = Map.copyOf(listeners);
        addresses = Map.copyOf(addresses);
        verdicts = Map.copyOf(verdicts);
    }

    /** A table of candidates alone. */
    public RoutingTable(
            long version,
            long madeAtNanos,
            String cluster,
            Map<String, ListenerRoute> listeners,
            Map<Seat, Verdict> verdicts) {
        this(version, madeAtNanos, cluster, listeners, addressesOf(listeners), verdicts);
    }

    private static Map<String, InetSocketAddress> addressesOf(Map<String, ListenerRoute> listeners) {
        Map<String, InetSocketAddress> addresses = new HashMap<>();
        listeners.values().forEach(route -> route.candidates()
                .forEach(candidate -> addresses.put(candidate.node(), candidate.address())));
        return addresses;
    }

    /** The table before the first health check: nobody is known, so everybody waits. */
    public static RoutingTable nothingKnown(long nowNanos) {
        return new RoutingTable(0, nowNanos, "", Map.of(), Map.of());
    }

    /** Where new sessions of that listener may go. */
    public ListenerRoute route(String listener) {
        ListenerRoute route = listeners.get(listener);
        return route != null ? route : new ListenerRoute(List.of(), "no node has been checked yet", madeAtNanos);
    }

    /** What sessions of that listener on that node in that role may do. */
    public Verdict verdict(String listener, String node, Role role) {
        Verdict own = route(listener).ownVerdicts().get(new Seat(node, role));
        return own != null ? own : verdict(node, role);
    }

    /** What sessions on that node in that role may do, unless their listener has policies of its own. */
    public Verdict verdict(String node, Role role) {
        return verdicts.getOrDefault(new Seat(node, role), UNKNOWN);
    }

    /**
     * Which cluster, what is wrong and since when: the line that the log of a refused client will show.
     *
     * @param failures what came of the candidates that were tried last; empty if none was
     */
    String whatIsWrong(String listener, String failures, long nowNanos) {
        ListenerRoute route = route(listener);
        if (!route.candidates().isEmpty()) {
            return inTheCluster(failures.isEmpty() ? "no backend has answered yet" : failures);
        }
        return inTheCluster(route.whyNobody() + ", for "
                + TimeUnit.NANOSECONDS.toSeconds(nowNanos - route.nobodySinceNanos()) + " s");
    }

    /** The text with the cluster's name before it, as far as that is known. */
    String inTheCluster(String text) {
        return cluster.isEmpty() ? text : "cluster \"" + cluster + "\": " + text;
    }
}
