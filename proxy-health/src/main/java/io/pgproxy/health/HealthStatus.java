package io.pgproxy.health;

import io.pgproxy.health.decide.ClusterHealth;
import io.pgproxy.health.decide.Identity;
import java.util.List;
import java.util.Optional;

/**
 * What health knows, for the status page, as of one instant. Immutable.
 *
 * @param scope the cluster's name, configured or learned
 * @param systemIdentifier PostgreSQL's identifier of the cluster, once learned
 * @param primary the node that gets the writes
 * @param conflict why writes go nowhere although some node says that it is the primary
 * @param certificateWarnings one sentence for each certificate on the way to Patroni, ours or theirs, that has expired
 *     or soon will, and one if renewed files cannot be used
 * @param store what Patroni keeps in etcd; empty where that is not watched
 * @param members where the nodes come from
 * @param nodes in the order of the configuration, or as they were found
 */
public record HealthStatus(
        Optional<String> scope,
        Optional<String> systemIdentifier,
        Optional<String> primary,
        Optional<String> conflict,
        List<String> certificateWarnings,
        Optional<StoreStatus> store,
        MembersStatus members,
        List<NodeStatus> nodes) {
    public HealthStatus {
        certificateWarnings = List.copyOf(certificateWarnings);
        nodes = List.copyOf(nodes);
    }

    static HealthStatus of(
            Knowledge known,
            Optional<StoreStatus> store,
            MembersStatus members,
            List<String> certificateWarnings,
            long nowNanos) {
        ClusterHealth cluster = known.outlook().cluster();
        Identity identity = cluster.identity().accepted();
        return new HealthStatus(
                identity.scope(),
                identity.systemIdentifier(),
                cluster.leadership().primary(),
                cluster.leadership().conflict(),
                certificateWarnings,
                store,
                members,
                known.membership().nodes().stream()
                        .map(node -> NodeStatus.of(node, cluster, nowNanos))
                        .toList());
    }
}
