package io.pgproxy.health;

import java.util.List;
import java.util.Optional;

/**
 * What health knows, for the status page, as of one instant. Immutable.
 *
 * @param scope the cluster's name, configured or learned
 * @param systemIdentifier PostgreSQL's identifier of the cluster, once learned
 * @param primary the node that gets the writes
 * @param conflict why writes go nowhere although some node says that it is the primary
 * @param tableVersion of the table published last
 * @param quick whether nodes are asked every {@code fast-interval} at present
 * @param nodes in the order of the configuration
 */
public record HealthStatus(
        Optional<String> scope,
        Optional<String> systemIdentifier,
        Optional<String> primary,
        Optional<String> conflict,
        long tableVersion,
        boolean quick,
        List<NodeStatus> nodes) {
    public HealthStatus {
        nodes = List.copyOf(nodes);
    }
}
