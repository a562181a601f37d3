package io.pgproxy.health;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.pgproxy.health.stopwatch.Failover;
import io.pgproxy.health.stopwatch.Phase;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** What is counted of failovers once they are over, all of it there from the start. Confined to the control thread. */
final class FailoverMetrics {
    /** From what a check at {@code fast-interval} takes to Patroni's default ttl and the longest wait that is usual. */
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(60)
    };

    private final Map<Phase, Timer> phases = new EnumMap<>(Phase.class);
    private final Counter announced;
    private final Counter unannounced;

    FailoverMetrics(MeterRegistry registry) {
        for (Phase phase : Phase.values()) {
            phases.put(
                    phase,
                    Timer.builder("pgproxy.failover.phase")
                            .description("From the first sign of trouble to each phase of a change of the primary;"
                                    + " for announced, the time between the announcement and that sign")
                            .tag("phase", phase.label())
                            .serviceLevelObjectives(BUCKETS)
                            .register(registry));
        }
        announced = changes("true", registry);
        unannounced = changes("false", registry);
    }

    private static Counter changes(String announced, MeterRegistry registry) {
        return Counter.builder("pgproxy.failovers")
                .description("Changes of the primary, and losses after which it came back")
                .tag("announced", announced)
                .register(registry);
    }

    void over(Failover failover) {
        (failover.has(Phase.ANNOUNCED) ? announced : unannounced).increment();
        failover.phases().forEach((phase, at) -> {
            Timer timer = phases.get(phase);
            if (timer != null) {
                timer.record(Duration.ofNanos(Math.abs(at.nanosSince(failover.began()))));
            }
        });
    }
}
