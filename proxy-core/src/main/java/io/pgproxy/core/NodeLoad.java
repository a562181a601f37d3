package io.pgproxy.core;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sessions and connects of each node; a session counts from the pick on, so that a burst spreads. Safe from any thread.
 */
final class NodeLoad {
    private final MeterRegistry registry;
    private final Map<String, OfNode> nodes = new ConcurrentHashMap<>();

    private record OfNode(AtomicInteger sessions, Timer connects, Counter failures) {}

    /** @param names whose metrics are there from the start; any other node's begin with its first session */
    NodeLoad(Collection<String> names, MeterRegistry registry) {
        this.registry = registry;
        names.forEach(this::of);
    }

    private OfNode begin(String node) {
        AtomicInteger sessions = new AtomicInteger();
        Gauge.builder("pgproxy.node.sessions", sessions, AtomicInteger::get)
                .description("Sessions that are connected to the node's PostgreSQL, or about to be")
                .tag("node", node)
                .register(registry);
        Timer connects = Timer.builder("pgproxy.node.connect.time")
                .description("How long successful connects to the node's PostgreSQL took")
                .tag("node", node)
                .serviceLevelObjectives(LatencyBuckets.CONNECTS)
                .register(registry);
        Counter failures = Counter.builder("pgproxy.node.connect.failures")
                .description("Connects that were refused or timed out, and backends that did not answer")
                .tag("node", node)
                .register(registry);
        return new OfNode(sessions, connects, failures);
    }

    void add(String node) {
        of(node).sessions.incrementAndGet();
    }

    void remove(String node) {
        of(node).sessions.decrementAndGet();
    }

    int on(String node) {
        OfNode load = nodes.get(node);
        return load == null ? 0 : load.sessions.get();
    }

    /** Of all nodes that ever had one, and of those whose metrics are there from the start; by name. */
    Map<String, Integer> sessions() {
        Map<String, Integer> byName = new TreeMap<>();
        nodes.forEach((node, load) -> byName.put(node, load.sessions.get()));
        return byName;
    }

    /** The one that would have fewer sessions for its weight, if it got one more; of equals the first. */
    Contender lessLoaded(Contender one, Contender other) {
        return relative(other) < relative(one) ? other : one;
    }

    private double relative(Contender contender) {
        return (on(contender.node()) + 1) / contender.weight();
    }

    void connected(String node, long nanos) {
        of(node).connects.record(Duration.ofNanos(nanos));
    }

    void connectFailed(String node) {
        of(node).failures.increment();
    }

    private OfNode of(String node) {
        OfNode load = nodes.get(node);
        return load != null ? load : nodes.computeIfAbsent(node, this::begin);
    }
}
