package io.pgproxy.health.decide;

import io.pgproxy.core.RoutingTable;

/**
 * All that is known and decided at one instant. Immutable.
 *
 * @param gates which replicas keep within which listener's lag limit
 * @param verdicts which nodes each listener has come to a verdict on
 * @param table the newest one; the one published, as soon as this outlook is the current one
 */
public record Outlook(ClusterHealth cluster, LagGates gates, FirstVerdicts verdicts, RoutingTable table) {
    /** Before the first answer. */
    public static Outlook of(ClusterHealth cluster, long nowNanos) {
        return new Outlook(cluster, LagGates.NONE_OPEN, FirstVerdicts.NONE, RoutingTable.nothingKnown(nowNanos));
    }
}
