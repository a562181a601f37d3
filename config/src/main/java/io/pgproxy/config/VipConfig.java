package io.pgproxy.config;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The virtual addresses, and how the instances agree on who has them. Immutable.
 *
 * @param name what this group of instances is called in etcd and among its members
 * @param addresses 1 to 16 of them, each once; put on as /32 or /128
 * @param networkInterface where they are put; empty: the one whose subnet holds the address
 * @param leaseTtl how long etcd keeps the election key of a holder that is gone; whole seconds
 */
public record VipConfig(
        String name,
        List<InetAddress> addresses,
        Optional<String> networkInterface,
        Duration leaseTtl,
        PeersConfig peers,
        HandoverConfig handover) {
    /** With peers, whose promises bridge what takes longer. */
    public static final Duration DEFAULT_LEASE_TTL = Duration.ofSeconds(3);

    /** Alone: a change of etcd's leader leaves a holder without a renewal for up to 3 s. */
    public static final Duration DEFAULT_LEASE_TTL_WITHOUT_PEERS = Duration.ofSeconds(8);

    public VipConfig {
        addresses = List.copyOf(addresses);
    }
}
