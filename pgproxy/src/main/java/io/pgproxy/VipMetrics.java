package io.pgproxy;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.pgproxy.vip.VipManager;
import io.pgproxy.vip.machine.State;
import io.pgproxy.vip.machine.VipStatus;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** What Prometheus gets to see of the virtual addresses. Safe from any thread. */
final class VipMetrics implements MeterBinder {
    private static final double NANOS = 1e9;

    private final Supplier<VipStatus> status;
    private final VipManager manager;

    /** @param manager lives as long as the program, and what is measured with it */
    VipMetrics(Supplier<VipStatus> status, VipManager manager) {
        this.status = status;
        this.manager = manager;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge(registry, "held", "Whether the virtual addresses are here: 1, or 0", VipMetrics::held);
        gauge(
                registry,
                "etcd.answers",
                "Whether a read of the key has succeeded that etcd was asked for within the last second: 1, or 0",
                status -> status.etcdAnswers() ? 1 : 0);
        gauge(
                registry,
                "members.differ",
                "Whether the record in etcd names other members than the configuration here: 1, or 0",
                status -> status.othersRecorded().isEmpty() ? 0 : 1);
        seconds(
                registry,
                "proof.age",
                "Since the last renewal was sent that etcd proved, while held",
                VipMetrics::proofAge);
        seconds(
                registry,
                "lifetime",
                "Until the kernel takes the addresses off by itself, while held",
                VipMetrics::lifetime);
        FunctionCounter.builder(
                        "pgproxy.vip.conflicts", manager, vip -> status.get().conflicts())
                .description("Times that somebody else said to have a virtual address while this instance had it")
                .register(registry);
        FunctionCounter.builder("pgproxy.vip.clock.jumps", manager, VipManager::standStills)
                .description("Times that this host was seen to have stood still")
                .register(registry);
        Gauge.builder("pgproxy.vip.thread.lateness", manager, vip -> vip.latenessNanos() / NANOS)
                .description("How much later than it wanted the thread that holds the lease was woken the last time")
                .baseUnit("seconds")
                .register(registry);
        status.get().silent().keySet().forEach(peer -> Gauge.builder(
                        "pgproxy.vip.peer.heard",
                        manager,
                        vip -> status.get().silent().getOrDefault(peer, true) ? 0 : 1)
                .description("Whether that member was heard within the last half second: 1, or 0")
                .tag("peer", peer.toString())
                .register(registry));
    }

    private void gauge(MeterRegistry registry, String name, String description, ToDoubleFunction<VipStatus> value) {
        Gauge.builder("pgproxy.vip." + name, manager, vip -> value.applyAsDouble(status.get()))
                .description(description)
                .register(registry);
    }

    private void seconds(MeterRegistry registry, String name, String description, ToDoubleFunction<VipStatus> value) {
        Gauge.builder("pgproxy.vip." + name, manager, vip -> value.applyAsDouble(status.get()))
                .description(description)
                .baseUnit("seconds")
                .register(registry);
    }

    private static double held(VipStatus status) {
        return status.holds(System.nanoTime()) ? 1 : 0;
    }

    private static double proofAge(VipStatus status) {
        return secondsOr(Double.POSITIVE_INFINITY, status, status.creditedNanos(), -1);
    }

    private static double lifetime(VipStatus status) {
        return secondsOr(0, status, status.addressUntilNanos(), 1);
    }

    /** From now on, or until now. */
    private static double secondsOr(double whenNever, VipStatus status, long timeNanos, int sign) {
        if (status.state() != State.HOLD) {
            return Double.NaN;
        }
        return timeNanos == VipStatus.NEVER ? whenNever : sign * (timeNanos - System.nanoTime()) / NANOS;
    }
}
