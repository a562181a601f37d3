package io.pgproxy.core;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * What each node's PostgreSQL answers to SSLRequest: the last answer that anybody got, session or probe, and from which
 * address. A node is bound to nothing that it has said, so whatever is built on this must bear that it changes. Safe
 * from any thread.
 */
final class TlsAnswers {
    /** What sessions say over and over again is written down this often. */
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(10);
    /**
     * A server that granted TLS logs the end of a probe as an error of its client's, so it is not asked without need.
     * One that declined it says nothing, and to believe it too long keeps clients from TLS.
     */
    private static final long GRANT_LASTS_NANOS = TimeUnit.HOURS.toNanos(1);

    private static final long DECLINE_LASTS_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Map<String, Known> nodes = new ConcurrentHashMap<>();
    private final Set<String> measured = ConcurrentHashMap.newKeySet();
    private final MeterRegistry registry;
    private volatile boolean wanted;

    private record Known(InetSocketAddress address, TlsAnswer answer, long sinceNanos) {
        boolean isFrom(InetSocketAddress asked) {
            return address.equals(asked);
        }

        boolean isOld(long nowNanos) {
            long lasts =
                    switch (answer) {
                        case GRANTED -> GRANT_LASTS_NANOS;
                        case DECLINED -> DECLINE_LASTS_NANOS;
                    };
            return nowNanos - sinceNanos >= lasts;
        }
    }

    /** @param names of the nodes whose metrics are there from the start; any other node's begins with its first answer */
    TlsAnswers(Collection<String> names, MeterRegistry registry) {
        this.registry = registry;
        names.forEach(this::measure);
    }

    private void measure(String node) {
        if (measured.add(node)) {
            Gauge.builder("pgproxy.node.tls", () -> figure(node))
                    .description("1 if the node's PostgreSQL grants TLS, 0 if it declines it, NaN while nobody knows")
                    .tag("node", node)
                    .register(registry);
        }
    }

    private double figure(String node) {
        Known known = nodes.get(node);
        return known == null ? Double.NaN : known.answer() == TlsAnswer.GRANTED ? 1 : 0;
    }

    /** A client has asked for TLS: before the first one nobody needs to know anything. */
    void want() {
        if (!wanted) {
            wanted = true;
        }
    }

    boolean areWanted() {
        return wanted;
    }

    /** The node's PostgreSQL has answered so. */
    void learn(String node, InetSocketAddress address, TlsAnswer answer, long nowNanos) {
        Known known = nodes.get(node);
        if (known == null
                || !known.isFrom(address)
                || known.answer() != answer
                || nowNanos - known.sinceNanos() >= FRESH_NANOS) {
            nodes.put(node, new Known(address, answer, nowNanos));
            measure(node);
        }
    }

    /** The node's PostgreSQL has answered something else. */
    void forget(String node) {
        nodes.remove(node);
    }

    /** Whether somebody should ask again. */
    boolean isDue(String node, InetSocketAddress address, long nowNanos) {
        Known known = nodes.get(node);
        return known == null || !known.isFrom(address) || known.isOld(nowNanos);
    }

    /**
     * What all of these nodes answer.
     *
     * @return empty if there is none, if they differ, or if one of them is not known
     */
    Optional<TlsAnswer> ofAll(Map<String, InetSocketAddress> asked) {
        TlsAnswer common = null;
        for (Map.Entry<String, InetSocketAddress> node : asked.entrySet()) {
            Known known = nodes.get(node.getKey());
            if (known == null || !known.isFrom(node.getValue()) || (common != null && known.answer() != common)) {
                return Optional.empty();
            }
            common = known.answer();
        }
        return Optional.ofNullable(common);
    }
}
