package io.pgproxy.health.decide;

import io.pgproxy.core.RoutingTable;

/**
 * All that is known and decided at one instant. Immutable.
 *
 * @param gates which replicas keep within which listener's lag limit
 * @param table the newest one; the one published, as soon as this outlook is the current one
 */
public record Outlook(ClusterHealth cluster, LagGates gates, RoutingTable table) {
    /** Before the first answer. */
    public static Outlook of(ClusterHealth cluster, long nowNanos) {
        return new Outlook(cluster, LagGates.NONE_OPEN, RoutingTable.nothingKnown(nowNanos));
    }
}
