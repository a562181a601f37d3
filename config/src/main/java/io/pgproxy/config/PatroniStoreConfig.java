package io.pgproxy.config;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * Where Patroni keeps what it knows in etcd, and whether that is watched. Immutable.
 *
 * @param watch whether changes there are heard of, as soon as etcd and the cluster's scope are configured
 * @param namespace begins and ends with a slash
 * @param announceHold how long new sessions for a leader wait at most once a switchover from it is announced there; zero
 *     for not at all
 * @param group the Citus group that the nodes are of; empty for a cluster without Citus
 * @param discovery how the nodes are found there, if the file names none
 */
public record PatroniStoreConfig(
        boolean watch, Duration announceHold, String namespace, OptionalInt group, DiscoveryConfig discovery) {
    /** What applies where the file says nothing, as Patroni has it. */
    public static final PatroniStoreConfig DEFAULTS =
            new PatroniStoreConfig(true, Duration.ofSeconds(5), "/service/", OptionalInt.empty());

    /** With the nodes in the file, or found as by default. */
    public PatroniStoreConfig(boolean watch, Duration announceHold, String namespace, OptionalInt group) {
        this(watch, announceHold, namespace, group, DiscoveryConfig.DEFAULTS);
    }

    /** What all keys of that cluster begin with. */
    public String prefix(String scope) {
        String cluster = namespace + scope + "/";
        return group.isPresent() ? cluster + group.getAsInt() + "/" : cluster;
    }
}
