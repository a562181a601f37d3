package io.pgproxy.core;

import io.micrometer.core.instrument.MeterRegistry;
import io.pgproxy.config.ListenerConfig;

/** One configured listener, with what its sessions share. Safe from any thread. */
record Listener(
        ListenerConfig config,
        ListenerCounts counts,
        ListenerRules rules,
        NodePlaces nodes,
        LiveBackends backends,
        CancelKeys keys,
        SealedSessions sealed,
        RefusalLog refusals,
        FallbackLog fallbacks,
        FallbackReturn returns,
        Overflow refusalOverflow,
        Overflow disappointmentOverflow,
        Overflow sourceOverflow) {
    static Listener of(ListenerConfig config, MeterRegistry registry) {
        NodePlaces nodes = new NodePlaces(config);
        Overflow sources = Overflow.ofSourceRates(config.name(), registry);
        return new Listener(
                config,
                new ListenerCounts(config.name(), nodes.fallback(), registry),
                new ListenerRules(config.rules(), sources),
                nodes,
                new LiveBackends(),
                new CancelKeys(),
                new SealedSessions(),
                new RefusalLog(config.name()),
                new FallbackLog(config.name()),
                new FallbackReturn(config.policies().fallbackReturn()),
                Overflow.ofPoliteRefusals(config.name(), registry),
                Overflow.ofDisappointments(config.name(), registry),
                sources);
    }

    String name() {
        return config.name();
    }

    /** Counts the end of a connection, and tells whoever reads the log if it is worth a line. */
    void ended(SessionEnd end, long nowNanos) {
        counts.ended(end.reason());
        refusals.ended(end.reason(), end.why(), end.client(), nowNanos);
        end.log(name());
    }

    /** Counts a session that has its backend. */
    void established(Candidate candidate, long nowNanos) {
        counts.established().incrementAndGet();
        backends.add(candidate.address());
        if (candidate.role() == Role.FALLBACK) {
            counts.fellBack();
            fallbacks.fellBack(candidate.node(), nowNanos);
        }
    }

    /** The end of one that was {@link #established}. */
    void left(Candidate candidate) {
        counts.established().decrementAndGet();
        backends.remove(candidate.address());
    }

    /** Whether the session that asks, which has fallen back to the primary, is to go where it belongs now. */
    boolean isToReturn(RoutingTable table, long nowNanos) {
        return returns.isOn()
                && table.route(name()).candidates().stream().anyMatch(this::isReplicaWithRoom)
                && returns.take(nowNanos);
    }

    /** Whoever is tried first only: a replica that does not answer is no reason to leave a primary that does. */
    private boolean isReplicaWithRoom(Candidate candidate) {
        return candidate.tier() == 0 && candidate.role() != Role.FALLBACK && nodes.hasRoom(candidate);
    }

    /** Says what the log is owed of the last minute. */
    void flushLogs(long nowNanos) {
        refusals.flush(nowNanos);
        fallbacks.flush(nowNanos);
        refusalOverflow.flush(nowNanos);
        disappointmentOverflow.flush(nowNanos);
        sourceOverflow.flush(nowNanos);
    }
}
