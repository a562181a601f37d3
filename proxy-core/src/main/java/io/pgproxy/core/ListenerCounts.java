package io.pgproxy.core;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What is counted of one listener, and shown as metrics. Safe from any thread. */
final class ListenerCounts {
    private final AtomicInteger established = new AtomicInteger();
    private final AtomicInteger parked = new AtomicInteger();
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();
    private final Counter accepted;
    private final Counter fallbacks;
    private final Counter cancelsByKey;
    private final Counter otherCancels;
    private final Timer parkedTime;
    private final Map<CloseReason, Counter> ended = new EnumMap<>(CloseReason.class);
    private final Map<TlsAnswer, Counter> answeredEarly = new EnumMap<>(TlsAnswer.class);

    /** Counts for a listener, of which {@code fallback} knows who has fallen back. */
    ListenerCounts(String listener, Places fallback, MeterRegistry registry) {
        Gauge.builder("pgproxy.listener.fallback.sessions", fallback, Places::used)
                .description("Sessions that are on the primary, or about to be, for want of a replica")
                .tag("listener", listener)
                .register(registry);
        fallbacks = Counter.builder("pgproxy.listener.fallbacks")
                .description("Sessions that went to the primary for want of a replica")
                .tag("listener", listener)
                .register(registry);
        cancelsByKey = cancels("key", listener, registry);
        otherCancels = cancels("listener", listener, registry);
        Gauge.builder("pgproxy.listener.sessions", established, AtomicInteger::get)
                .description("Sessions that are connected to a backend")
                .tag("listener", listener)
                .register(registry);
        Gauge.builder("pgproxy.listener.parked", parked, AtomicInteger::get)
                .description("Sessions that wait for a backend")
                .tag("listener", listener)
                .register(registry);
        bytes("client", listener, bytesIn, registry);
        bytes("backend", listener, bytesOut, registry);
        accepted = Counter.builder("pgproxy.listener.connections")
                .description("Connections accepted from clients")
                .tag("listener", listener)
                .register(registry);
        parkedTime = Timer.builder("pgproxy.listener.parked.time")
                .description("How long sessions waited for a backend, however the wait ended")
                .tag("listener", listener)
                .serviceLevelObjectives(LatencyBuckets.WAITS)
                .register(registry);
        for (TlsAnswer answer : TlsAnswer.values()) {
            answeredEarly.put(
                    answer,
                    Counter.builder("pgproxy.listener.early.answers")
                            .description("Requests for encryption that were answered before a backend had")
                            .tag("listener", listener)
                            .tag("answer", answer.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        for (CloseReason reason : CloseReason.values()) {
            ended.put(
                    reason,
                    Counter.builder("pgproxy.listener.connections.ended")
                            .description("Client connections that ended, by reason")
                            .tag("listener", listener)
                            .tag("reason", reason.label())
                            .register(registry));
        }
    }

    private static Counter cancels(String by, String listener, MeterRegistry registry) {
        return Counter.builder("pgproxy.listener.cancels")
                .description("Cancel requests, by whether the node with their key was known or all of the listener's"
                        + " nodes got them")
                .tag("listener", listener)
                .tag("by", by)
                .register(registry);
    }

    private static void bytes(String from, String listener, LongAdder count, MeterRegistry registry) {
        FunctionCounter.builder("pgproxy.listener.relayed", count, LongAdder::sum)
                .description("Bytes relayed, by the side that sent them")
                .baseUnit("bytes")
                .tag("listener", listener)
                .tag("from", from)
                .register(registry);
    }

    AtomicInteger established() {
        return established;
    }

    AtomicInteger parked() {
        return parked;
    }

    /** From clients. */
    LongAdder bytesIn() {
        return bytesIn;
    }

    /** From backends. */
    LongAdder bytesOut() {
        return bytesOut;
    }

    void accepted() {
        accepted.increment();
    }

    void fellBack() {
        fallbacks.increment();
    }

    /** @param byKey whether it goes only to the node that has given out its key */
    void cancelled(boolean byKey) {
        (byKey ? cancelsByKey : otherCancels).increment();
    }

    void parkedFor(long nanos) {
        parkedTime.record(Duration.ofNanos(nanos));
    }

    void answeredEarly(TlsAnswer answer) {
        Counter counter = answeredEarly.get(answer);
        if (counter != null) {
            counter.increment();
        }
    }

    void ended(CloseReason reason) {
        Counter counter = ended.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }
}
