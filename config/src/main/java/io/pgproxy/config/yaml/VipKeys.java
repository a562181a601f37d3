package io.pgproxy.config.yaml;

import io.pgproxy.config.EtcdConfig;
import io.pgproxy.config.HandoverConfig;
import io.pgproxy.config.IpText;
import io.pgproxy.config.PeersConfig;
import io.pgproxy.config.UnitText;
import io.pgproxy.config.VipConfig;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The group {@code vip}. */
final class VipKeys {
    private static final int MAX_ADDRESSES = 16;
    private static final Duration LONGEST_LEASE = Duration.ofMinutes(1);
    private static final Duration SHORTEST_LEASE = Duration.ofSeconds(3);
    private static final Duration SHORTEST_LEASE_WITHOUT_PEERS = Duration.ofSeconds(4);
    private static final DurationSyntax LEASE_TTL = new DurationSyntax(Duration.ZERO, LONGEST_LEASE);
    private static final DurationSyntax DRAIN = new DurationSyntax(Duration.ZERO, Duration.ofHours(1));
    private static final Syntax<Optional<Duration>> AFTER =
            new DurationSyntax(Duration.ofSeconds(1), Duration.ofHours(1)).or("off");
    private static final WholeNumber PRIORITY = new WholeNumber(1, 255);

    private VipKeys() {}

    /**
     * @param folder what relative paths start from
     * @param patroni the group {@code patroni}, whose scope is the default name
     */
    static VipConfig read(Section section, Path folder, Section patroni, Optional<String> scope) {
        String name = name(section, patroni, scope);
        section.requireKey("addresses", "is required: at least one address");
        List<InetAddress> addresses = section.values("addresses", new VipAddressSyntax(), MAX_ADDRESSES);
        refuseTwice(section, addresses);
        Optional<String> networkInterface = section.find("interface", new InterfaceName());
        Duration defaultTtl =
                section.has("peers") ? VipConfig.DEFAULT_LEASE_TTL : VipConfig.DEFAULT_LEASE_TTL_WITHOUT_PEERS;
        Duration leaseTtl = section.read("lease-ttl", LEASE_TTL, defaultTtl);
        checkLease(section, leaseTtl);
        PeersConfig peers = PeersKeys.read(section, folder);
        PeersKeys.refuseVirtual(section, peers, addresses);
        HandoverConfig handover = handover(section);
        section.refuseUnknownKeys();
        return new VipConfig(name, addresses, networkInterface, leaseTtl, peers, handover);
    }

    /** Two groups of one name in one etcd would take each other's keys, so no name is made up. */
    private static String name(Section section, Section patroni, Optional<String> scope) {
        Optional<String> name = section.find("name", new Name()).or(() -> scope);
        if (name.isEmpty() && section.isSound("name") && patroni.isSound("scope")) {
            section.refuse(
                    "is required where patroni.scope is not set: it tells these addresses from others in the same etcd",
                    "name");
        }
        return name.orElse("");
    }

    private static void refuseTwice(Section section, List<InetAddress> addresses) {
        Set<InetAddress> seen = new HashSet<>();
        addresses.stream()
                .filter(address -> !seen.add(address))
                .distinct()
                .forEach(address -> section.refuse("names " + IpText.of(address) + " twice", "addresses"));
    }

    private static void checkLease(Section section, Duration ttl) {
        boolean alone = !section.has("peers");
        Duration shortest = alone ? SHORTEST_LEASE_WITHOUT_PEERS : SHORTEST_LEASE;
        if (ttl.compareTo(shortest) < 0) {
            String why = alone
                    ? "without peers nothing bridges the 3 s that a change of etcd's leader may take"
                    : "noticing that etcd is silent and asking the peers takes up to 1.6 s";
            section.refuse(
                    UnitText.of(ttl) + " is too short: " + why
                            + ", and 0.6 s more are kept for inexact clocks and a late kernel; write "
                            + UnitText.of(shortest) + " to " + UnitText.of(LONGEST_LEASE),
                    "lease-ttl");
        } else if (ttl.toMillis() % 1_000 != 0) {
            section.refuse(UnitText.of(ttl) + " is not whole seconds, in which etcd counts leases", "lease-ttl");
        }
    }

    private static HandoverConfig handover(Section section) {
        HandoverConfig defaults = HandoverConfig.DEFAULTS;
        return new HandoverConfig(
                section.read("handover-drain", DRAIN, defaults.handoverDrain()),
                section.read("handover-after", AFTER, defaults.handoverAfter()),
                section.read("priority", PRIORITY, defaults.priority()),
                section.read("preempt", AFTER, defaults.preempt()));
    }

    /** Who has the addresses is decided in etcd. */
    static void requireEtcd(Section root, Section section, EtcdConfig etcd) {
        if (root.has("vip") && section.isSound("endpoints") && etcd.endpoints().isEmpty()) {
            root.refuse("needs etcd.endpoints too: it is decided in etcd who has the addresses", "vip");
        }
    }
}
