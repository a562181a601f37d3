package io.pgproxy.health.stopwatch;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * One change of the primary, from its first sign to the first client that was answered again. Immutable.
 *
 * @param number counts from 1 since the start of the program
 * @param from the primary that was
 * @param to the one that was verified after it, the same one if it came back; empty until then
 * @param why what the old one was lost for: half a sentence, safe to print; empty until it is lost
 * @param phases when each of them was reached, in their own order; one that did not happen is absent
 * @param over whether nothing more is waited for
 */
public record Failover(
        long number, String from, Optional<String> to, String why, Map<Phase, Moment> phases, boolean over) {
    public Failover {
        Map<Phase, Moment> ordered = new EnumMap<>(Phase.class);
        ordered.putAll(phases);
        phases = Collections.unmodifiableMap(ordered);
    }

    static Failover begun(long number, String from, Phase first, Moment at) {
        return new Failover(number, from, Optional.empty(), "", Map.of(first, at), false);
    }

    /** Whether that phase was reached. */
    public boolean has(Phase phase) {
        return phases.containsKey(phase);
    }

    /** When the trouble began, which all durations are told from: the first phase, but for a mere announcement. */
    public Moment began() {
        Moment first = null;
        for (Map.Entry<Phase, Moment> phase : phases.entrySet()) {
            Moment at = phase.getValue();
            if (phase.getKey() != Phase.ANNOUNCED && (first == null || at.nanosSince(first) < 0)) {
                first = at;
            }
        }
        return first != null ? first : phases.values().iterator().next();
    }

    /** The same with one phase more; each is reached once. */
    Failover with(Phase phase, Moment at) {
        if (has(phase)) {
            return this;
        }
        Map<Phase, Moment> more = new EnumMap<>(phases);
        more.put(phase, at);
        return new Failover(number, from, to, why, more, over);
    }

    Failover lost(String reason, Moment at) {
        Failover told = why.isEmpty() ? new Failover(number, from, to, reason, phases, over) : this;
        return told.with(Phase.LOST, at);
    }

    Failover verified(String node, Moment at) {
        return new Failover(number, from, Optional.of(node), why, phases, over).with(Phase.VERIFIED, at);
    }

    Failover ended() {
        return new Failover(number, from, to, why, phases, true);
    }

    /** Whether there is nothing but words, and maybe sessions that wait because of them. */
    boolean isMereAnnouncement() {
        return has(Phase.ANNOUNCED) && !has(Phase.LOST) && !has(Phase.NEW_LEADER_KEY);
    }

    /** Whether the new primary is there and nobody has heard of it yet. */
    boolean awaitsClient() {
        return has(Phase.VERIFIED);
    }

    boolean leadsTo(String node) {
        return to.isPresent() && to.get().equals(node);
    }
}
