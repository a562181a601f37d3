package io.pgproxy.health;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.health.decide.ClusterHealth;
import io.pgproxy.health.decide.NodeView;
import io.pgproxy.health.decide.ProbeOutcome.Kind;
import io.pgproxy.health.decide.ProbeResult;
import java.time.Duration;
import java.util.Locale;

/** What is counted, all of a node's there from its start. Confined to the control thread once built. */
final class HealthMetrics implements NodeFollower {
    /** From a check on the same switch to the default timeout. */
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2)
    };

    private final MeterRegistry registry;

    HealthMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void joined(NodeConfig joined) {
        String node = joined.name();
        for (Kind kind : Kind.values()) {
            checks(node, kind);
        }
        duration(node);
        transitions(node);
    }

    @Override
    public void left(NodeConfig left) {
        String node = left.name();
        for (Kind kind : Kind.values()) {
            registry.remove(checks(node, kind));
        }
        registry.remove(duration(node));
        registry.remove(transitions(node));
    }

    void checked(String node, ProbeResult result) {
        checks(node, result.outcome().kind()).increment();
        duration(node).record(Duration.ofNanos(result.answeredNanos() - result.askedNanos()));
    }

    void moved(ClusterHealth before, ClusterHealth after) {
        for (NodeView view : after.views().values()) {
            if (view.differsFrom(before.view(view.name()))) {
                transitions(view.name()).increment();
            }
        }
    }

    private Counter checks(String node, Kind kind) {
        return Counter.builder("pgproxy.health.checks")
                .description("Checks of a node's Patroni by what came of them")
                .tag("node", node)
                .tag("outcome", kind.name().toLowerCase(Locale.ROOT))
                .register(registry);
    }

    private Timer duration(String node) {
        return Timer.builder("pgproxy.health.check.duration")
                .description("From the start of the connect to the last byte")
                .tag("node", node)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    private Counter transitions(String node) {
        return Counter.builder("pgproxy.node.transitions")
                .description("Changes of a node's state or role")
                .tag("node", node)
                .register(registry);
    }
}
