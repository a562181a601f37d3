package io.pgproxy.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Everything the operator can say, with every default filled in and every value checked. Immutable.
 *
 * <p>Each component carries the name of its key in {@code config/pgproxy.yml}, which explains them all.
 *
 * @param nodes 1 to 64 of them, or none: then they are {@linkplain #discoversNodes discovered}
 * @param listeners 1 to 64 of them
 * @param hold how long a new session may wait for a backend before it is refused; the clock starts with the client's
 *     first complete packet; 0s to 1h
 * @param failovers how many of the last changes of the primary are kept, 0 to 1000; with 0 none is timed
 * @param vip empty where no virtual address is to be held
 */
public record PgproxyConfig(
        List<NodeConfig> nodes,
        List<ListenerConfig> listeners,
        HealthConfig health,
        Duration hold,
        int failovers,
        SessionsConfig sessions,
        PatroniConfig patroni,
        EtcdConfig etcd,
        Optional<VipConfig> vip,
        AdminConfig admin,
        LogConfig log) {
    /**
     * What {@code hold} is where the file does not say. Patroni's default {@code ttl} is 30 s, and only then does it
     * begin to replace a primary whose host has died; a shorter hold would refuse clients that could have been served.
     */
    public static final Duration DEFAULT_HOLD = Duration.ofSeconds(60);

    /** What {@code failovers} is where the file does not say. */
    public static final int DEFAULT_FAILOVERS = 100;

    public PgproxyConfig {
        nodes = List.copyOf(nodes);
        listeners = List.copyOf(listeners);
    }

    /** Whether the nodes are the members that Patroni has in etcd; where that is and of which cluster is given then. */
    public boolean discoversNodes() {
        return nodes.isEmpty();
    }
}
