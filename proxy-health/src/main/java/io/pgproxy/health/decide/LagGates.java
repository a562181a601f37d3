package io.pgproxy.health.decide;

import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.MaxLag;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which replicas keep within which listener's {@code max-lag}. Immutable.
 *
 * <p>Out beyond the limit, in again at half of it: a replica that hovers at the limit must not come and go with every
 * check. Who has never been measured is out; who can't be measured now stays what it was.
 */
public record LagGates(Set<Gate> open) {
    /** A listener and a replica. */
    record Gate(String listener, String node) {}

    public static final LagGates NONE_OPEN = new LagGates(Set.of());

    public LagGates {
        open = Set.copyOf(open);
    }

    /** The gates by the newest measurements. */
    public LagGates next(List<ListenerConfig> listeners, ClusterHealth cluster) {
        Set<Gate> next = new HashSet<>();
        for (ListenerConfig listener : listeners) {
            for (String node : cluster.nodes().keySet()) {
                Gate gate = new Gate(listener.name(), node);
                if (passes(listener.reads().maxLag(), cluster.replication().lag(node), open.contains(gate))) {
                    next.add(gate);
                }
            }
        }
        return next.equals(open) ? this : new LagGates(next);
    }

    boolean isOpen(ListenerConfig listener, String node) {
        return open.contains(new Gate(listener.name(), node));
    }

    private static boolean passes(MaxLag max, Optional<Lag> lag, boolean wasOpen) {
        if (max.equals(MaxLag.NONE)) {
            return true;
        }
        return lag.isPresent() && (wasOpen ? !lag.get().isOver(max) : lag.get().isWellWithin(max));
    }
}
