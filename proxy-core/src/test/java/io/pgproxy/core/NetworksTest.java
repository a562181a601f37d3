package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.Network;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NetworksTest {
    @ParameterizedTest
    @CsvSource({
        // network, prefix, its first and last address, and its neighbours
        "10.11.12.200, 32, 10.11.12.200, 10.11.12.200, 10.11.12.199, 10.11.12.201",
        "10.11.12.200, 31, 10.11.12.200, 10.11.12.201, 10.11.12.199, 10.11.12.202",
        "10.128.0.0,    9, 10.128.0.0,   10.255.255.255, 10.127.255.255, 11.0.0.0",
        "10.0.0.0,      8, 10.0.0.0,     10.255.255.255, 9.255.255.255,  11.0.0.0",
        "10.0.0.0,      7, 10.0.0.0,     11.255.255.255, 9.255.255.255,  12.0.0.0",
        "128.0.0.0,     1, 128.0.0.0,    255.255.255.255, 127.255.255.255, 0.0.0.0",
        "2001:db8:1:2::9, 128, 2001:db8:1:2::9, 2001:db8:1:2::9, 2001:db8:1:2::8, 2001:db8:1:2::a",
        "2001:db8:1:2::8, 127, 2001:db8:1:2::8, 2001:db8:1:2::9, 2001:db8:1:2::7, 2001:db8:1:2::a",
        "2001:db8:1:2:8000::, 65, 2001:db8:1:2:8000::, 2001:db8:1:2:ffff:ffff:ffff:ffff,"
                + " 2001:db8:1:2:7fff:ffff:ffff:ffff, 2001:db8:1:3::",
        "2001:db8:1:2::, 64, 2001:db8:1:2::, 2001:db8:1:2:ffff:ffff:ffff:ffff,"
                + " 2001:db8:1:1:ffff:ffff:ffff:ffff, 2001:db8:1:3::",
        "2001:db8:1:2::, 63, 2001:db8:1:2::, 2001:db8:1:3:ffff:ffff:ffff:ffff,"
                + " 2001:db8:1:1:ffff:ffff:ffff:ffff, 2001:db8:1:4::",
        "8000::, 1, 8000::, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff," + " 7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, ::",
    })
    void endsWhereItsPrefixSays(
            String address, int prefixLength, String first, String last, String before, String after) {
        Networks network = networks(address, prefixLength);
        assertThat(Stream.of(first, last)).allMatch(inside -> network.contains(ip(inside)));
        assertThat(Stream.of(before, after)).noneMatch(outside -> network.contains(ip(outside)));
    }

    @ParameterizedTest
    @CsvSource({"0.0.0.0, 0.0.0.0, 255.255.255.255, ::1", "::, ::, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 127.0.0.1"})
    void prefixOfNothingIsTheWholeFamilyAndNoOther(String address, String first, String last, String otherFamily) {
        Networks network = networks(address, 0);
        assertThat(Stream.of(first, last)).allMatch(inside -> network.contains(ip(inside)));
        assertThat(network.contains(ip(otherFamily))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"::ffff:10.1.2.3, true", "::ffff:11.1.2.3, false"})
    void ipv4AddressWithinIpv6IsAnIpv4Address(String mapped, boolean inside) {
        assertThat(networks("10.0.0.0", 8).contains(ip(mapped))).isEqualTo(inside);
    }

    private static Networks networks(String address, int prefixLength) {
        return new Networks(List.of(new Network(ip(address), prefixLength)));
    }

    private static InetAddress ip(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
