package io.pgproxy.health;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.health.decide.ClusterHealth;
import io.pgproxy.health.decide.NodeRole;
import io.pgproxy.health.decide.NodeState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * What is looked up at each scrape, in the newest {@link Knowledge}. Nodes come and go on the control thread; scrapes
 * come on any.
 */
final class HealthGauges implements NodeFollower {
    private static final String STATES = "0 unknown, 1 up, 2 silent, 3 stale, 4 waiting, 5 down, 6 refused";

    private static final String ROLES = "0 none, 1 primary, 2 standby leader, 3 replica";

    private static final double NANOS_PER_SECOND = 1e9;

    private final MeterRegistry registry;
    private final Supplier<Knowledge> knowledge;
    private final LongSupplier clock;
    private final Map<String, List<Gauge>> byNode = new HashMap<>();

    HealthGauges(MeterRegistry registry, Supplier<Knowledge> knowledge, LongSupplier clock) {
        this.registry = registry;
        this.knowledge = knowledge;
        this.clock = clock;
    }

    void register() {
        ofAll("pgproxy.routing.table.version", "Version of the routing table in use", known ->
                (double) known.outlook().table().version());
        ofAll("pgproxy.health.quick", "1 while nodes are asked every fast-interval", known -> flag(known.quick()));
        ofAll(
                "pgproxy.primary.conflict",
                "1 while several nodes claim to lead and writes go nowhere",
                known -> flag(known.outlook().cluster().leadership().conflict().isPresent()));
    }

    @Override
    public void joined(NodeConfig joined) {
        String node = joined.name();
        of(
                node,
                "pgproxy.node.state",
                STATES,
                cluster -> code(cluster.view(node).state()));
        of(node, "pgproxy.node.role", ROLES, cluster -> code(cluster.view(node).role()));
        of(
                node,
                "pgproxy.node.leader",
                "1 while the node leads, as primary or of a standby cluster",
                cluster -> flag(cluster.leadership().leads(node)));
        of(node, "pgproxy.node.timeline", "PostgreSQL's timeline, as last answered", cluster ->
                (double) cluster.node(node).timeline().orElse(0));
        of(
                node,
                "pgproxy.node.lag.bytes",
                "WAL of the leader that the replica had not replayed",
                cluster -> lag(cluster, node, 1, false));
        of(
                node,
                "pgproxy.node.lag.seconds",
                "Time since the leader passed what the replica has replayed",
                cluster -> lag(cluster, node, NANOS_PER_SECOND, true));
        of(node, "pgproxy.node.answer.age.seconds", "Time since the node's last answer", cluster -> answerAge(
                        cluster, node)
                .orElse(Double.NaN));
    }

    @Override
    public void left(NodeConfig node) {
        List<Gauge> gone = byNode.remove(node.name());
        if (gone != null) {
            gone.forEach(registry::remove);
        }
    }

    private static double code(NodeState state) {
        return switch (state) {
            case UNKNOWN -> 0;
            case UP -> 1;
            case SILENT -> 2;
            case STALE -> 3;
            case WAITING -> 4;
            case DOWN -> 5;
            case REFUSED -> 6;
        };
    }

    private static double code(NodeRole role) {
        return switch (role) {
            case NONE -> 0;
            case PRIMARY -> 1;
            case STANDBY_LEADER -> 2;
            case REPLICA -> 3;
        };
    }

    private static double lag(ClusterHealth cluster, String node, double unit, boolean time) {
        return cluster.replication()
                .lag(node)
                .map(lag -> (time ? lag.nanos() : lag.bytes()) / unit)
                .orElse(Double.NaN);
    }

    private OptionalDouble answerAge(ClusterHealth cluster, String node) {
        return cluster.node(node).answeredNanos().stream()
                .mapToDouble(answered -> (clock.getAsLong() - answered) / NANOS_PER_SECOND)
                .findFirst();
    }

    private void ofAll(String name, String description, ToDoubleFunction<Knowledge> value) {
        Gauge.builder(name, () -> value.applyAsDouble(knowledge.get()))
                .description(description)
                .register(registry);
    }

    private void of(String node, String name, String description, ToDoubleFunction<ClusterHealth> value) {
        byNode.computeIfAbsent(node, first -> new ArrayList<>())
                .add(Gauge.builder(name, () -> figure(node, value))
                        .description(description)
                        .tag("node", node)
                        .register(registry));
    }

    /** A scrape may still have the gauge of a node that has just gone. */
    private double figure(String node, ToDoubleFunction<ClusterHealth> value) {
        ClusterHealth cluster = knowledge.get().outlook().cluster();
        return cluster.views().containsKey(node) ? value.applyAsDouble(cluster) : Double.NaN;
    }

    private static double flag(boolean on) {
        return on ? 1 : 0;
    }
}
