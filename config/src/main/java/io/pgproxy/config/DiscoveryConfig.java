package io.pgproxy.config;

import io.pgproxy.config.NodeConfig.Scheme;
import java.nio.file.Path;

/**
 * How the nodes are found where the file names none: they are the members that Patroni has in etcd. Immutable.
 *
 * @param scheme how they are asked at the least: none over plain HTTP where this is HTTPS
 * @param stateFile where the nodes that were found last are kept, for a start without etcd; absolute
 */
public record DiscoveryConfig(Scheme scheme, Path stateFile) {
    /** What applies where the file says nothing; the folder is the one that the unit makes. */
    public static final DiscoveryConfig DEFAULTS =
            new DiscoveryConfig(Scheme.HTTP, Path.of("/var/lib/pgproxy/nodes.json"));
}
