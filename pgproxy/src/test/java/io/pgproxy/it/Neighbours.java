package io.pgproxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

/** Where a host sends what is for an address of its network: what its kernel has heard, asking for nothing. */
final class Neighbours {
    private final Host host;

    Neighbours(Host host) {
        this.host = host;
    }

    void assertKnows(String address, Host at) {
        assertThat(macOf(address)).isEqualTo(mac(at));
    }

    /** Nothing is sent to that address meanwhile; so it must have been told. */
    void awaitKnows(String address, Host at) {
        Eventually.until(
                host.name() + " was told that " + address + " is at " + at.name(),
                Duration.ofSeconds(5),
                () -> macOf(address),
                mac(at)::equals);
    }

    private String macOf(String address) {
        return host.shell("ip -j neigh show " + address + " dev eth0 | jq -r '.[0].lladdr'")
                .orFail();
    }

    private static String mac(Host host) {
        return host.run("cat", "/sys/class/net/eth0/address").orFail();
    }
}
