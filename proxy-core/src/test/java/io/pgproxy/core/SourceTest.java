package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class SourceTest {
    private static Source source(String address) {
        return Source.of(Rules.ip(address));
    }

    @Test
    void ipv4AddressesAreSourcesEach() {
        assertThat(source("192.0.2.1")).isNotEqualTo(source("192.0.2.2"));
    }

    @Test
    void ipv6AddressesOfOneNetworkAreOneSource() {
        assertThat(source("2001:db8:0:1::1")).isEqualTo(source("2001:db8:0:1:ffff::2"));
    }

    @Test
    void ipv6AddressesOfTwoNetworksAreTwo() {
        assertThat(source("2001:db8:0:1::1")).isNotEqualTo(source("2001:db8:0:2::1"));
    }

    @Test
    void ipv4AddressIsNoIpv6Network() {
        assertThat(source("192.0.2.1")).isNotEqualTo(source("0:0:c000:201::1"));
    }

    @Test
    void isPrintedAsAnOperatorWouldWriteIt() {
        assertThat(source("255.0.2.1")).hasToString("255.0.2.1");
        assertThat(source("fe80:db8::7")).hasToString("fe80:db8:0:0::/64");
    }

    /** Each of these has the hash of 0, as an attacker with a large network could choose them. */
    @Test
    @Timeout(10)
    void chosenCollisionsDoNotSlowAMapDown() {
        Set<Source> sources = new HashSet<>();
        for (long i = 0; i < 50_000; i++) {
            sources.add(new Source(true, i << 32 | i));
        }
        assertThat(sources).hasSize(50_000);
    }
}
