package io.pgproxy.config;

import java.time.Duration;
import java.util.List;

/**
 * Everything the operator can say, with every default filled in and every value checked. Immutable.
 *
 * <p>Each component carries the name of its key in {@code config/pgproxy.yml}, which explains them all.
 *
 * @param hold how long a new session may wait for a backend before it is refused; the clock starts with the client's
 *     first complete packet
 */
public record PgproxyConfig(
        List<NodeConfig> nodes,
        List<ListenerConfig> listeners,
        HealthConfig health,
        Duration hold,
        SessionsConfig sessions,
        PatroniConfig patroni,
        AdminConfig admin) {
    public PgproxyConfig {
        nodes = List.copyOf(nodes);
        listeners = List.copyOf(listeners);
    }
}
