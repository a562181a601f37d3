package io.pgproxy;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.util.function.LongSupplier;

/** The registry that every part counts in, and what Prometheus gets to see of it. Safe from any thread. */
@SuppressWarnings("deprecation") // The registry over prometheus-simpleclient, which is the one that pgproxy is to have.
final class Metrics implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final LongSupplier lostLines;

    /**
     * @param version shown as a label of {@code pgproxy_build_info}
     * @param lostLines how many lines the log has lost
     */
    Metrics(String version, LongSupplier lostLines) {
        this.lostLines = lostLines;
        // Names that break Prometheus' own rules (promtool check metrics); others say the same.
        registry.config()
                .meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"))
                .meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
        bind(collections);
        bind(new JvmMemoryMetrics());
        bind(new JvmThreadMetrics());
        bind(new ProcessorMetrics());
        bind(new FileDescriptorMetrics());
        bind(new UptimeMetrics());
        if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider allocator) {
            Gauge.builder("pgproxy.buffers.direct", allocator.metric(), ByteBufAllocatorMetric::usedDirectMemory)
                    .description("Memory outside the heap that is held for socket buffers")
                    .baseUnit("bytes")
                    .register(registry);
        }
        FunctionCounter.builder("pgproxy.log.lost.lines", this, metrics -> metrics.lostLines.getAsLong())
                .description("Lines of the log that were lost because nobody read them in time")
                .register(registry);
        Gauge.builder("pgproxy.build.info", () -> 1)
                .description("Always 1; the labels tell what runs")
                .tag("version", version)
                .tag("java", Runtime.version().toString())
                .register(registry);
    }

    MeterRegistry registry() {
        return registry;
    }

    /** Everything, in Prometheus' text format 0.0.4. */
    String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }

    private void bind(MeterBinder binder) {
        binder.bindTo(registry);
    }
}
