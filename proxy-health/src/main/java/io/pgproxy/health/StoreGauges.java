package io.pgproxy.health;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.pgproxy.health.store.PatroniStoreWatch;
import io.pgproxy.health.store.StoreWatchStatus;

/** How well it is known what Patroni keeps in etcd, looked up at each scrape. Safe from any thread. */
record StoreGauges(MeterRegistry registry, PatroniStoreWatch watch) {
    private static final double NANOS_PER_SECOND = 1e9;

    void register() {
        Gauge.builder("pgproxy.patroni.watch.up", () -> isUp() ? 1 : 0)
                .description("1 while changes of Patroni's keys in etcd are told as they happen")
                .register(registry);
        Gauge.builder("pgproxy.patroni.watch.age.seconds", this::ageSeconds)
                .description("Time since etcd last told Patroni's keys or a change of them")
                .register(registry);
        FunctionCounter.builder("pgproxy.patroni.watch.changes", watch, of -> of.status()
                        .changes())
                .description("Changes of Patroni's keys in etcd that were told")
                .register(registry);
        FunctionCounter.builder("pgproxy.patroni.watch.restarts", watch, of -> of.status()
                        .restarts())
                .description("How often the watch of Patroni's keys was begun anew")
                .register(registry);
    }

    private boolean isUp() {
        return watch.status().state() == StoreWatchStatus.State.WATCHING;
    }

    private double ageSeconds() {
        return watch.status().heardNanos().stream()
                .mapToDouble(heard -> (System.nanoTime() - heard) / NANOS_PER_SECOND)
                .findFirst()
                .orElse(Double.NaN);
    }
}
