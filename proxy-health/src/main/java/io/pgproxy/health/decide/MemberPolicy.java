package io.pgproxy.health.decide;

/**
 * What follows for the nodes from Patroni's keys in etcd: whom to ask, never whom to trust. Immutable.
 */
public interface MemberPolicy {
    /**
     * The nodes from now on.
     *
     * @param cluster what is known of those that were asked so far, and of no others
     */
    Membership next(Membership before, PatroniStore store, ClusterHealth cluster, long nowNanos);
}
