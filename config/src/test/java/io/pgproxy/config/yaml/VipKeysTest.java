package io.pgproxy.config.yaml;

import static io.pgproxy.config.yaml.Parsing.NODES_AND_ETCD;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.HandoverConfig;
import io.pgproxy.config.VipConfig;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VipKeysTest {
    @Test
    void readsEveryKey() throws Exception {
        VipConfig vip = vip("name: pair, addresses: [192.168.50.10, \"2001:db8::10\"], interface: vmbr0.100,"
                + " lease-ttl: 5s, handover-drain: 20s");

        assertThat(vip.name()).isEqualTo("pair");
        assertThat(vip.addresses())
                .containsExactly(InetAddress.getByName("192.168.50.10"), InetAddress.getByName("2001:db8::10"));
        assertThat(vip.networkInterface()).contains("vmbr0.100");
        assertThat(vip.leaseTtl()).isEqualTo(Duration.ofSeconds(5));
        assertThat(vip.handover())
                .isEqualTo(new HandoverConfig(
                        Duration.ofSeconds(20), Optional.of(Duration.ofSeconds(10)), 100, Optional.empty()));
    }

    @Test
    void isOffWhereNothingIsWritten() {
        assertThat(Parsing.config(NODES_AND_ETCD).vip()).isEmpty();
    }

    @Test
    void needsNoMoreThanItsAddressesAndAName() {
        VipConfig vip = vip("name: pair, addresses: [192.168.50.10]");

        assertThat(vip.networkInterface()).isEmpty();
        assertThat(vip.leaseTtl()).isEqualTo(VipConfig.DEFAULT_LEASE_TTL_WITHOUT_PEERS);
        assertThat(vip.handover()).isEqualTo(HandoverConfig.DEFAULTS);
        assertThat(vip.peers().peers()).isEmpty();
    }

    @Test
    void isCalledAsTheClusterWhereItHasNoName() {
        assertThat(Parsing.config("patroni: {scope: main}\nvip: {addresses: [192.168.50.10]}" + NODES_AND_ETCD)
                        .vip())
                .hasValueSatisfying(vip -> assertThat(vip.name()).isEqualTo("main"));
    }

    @Test
    void hasANameThatComesBeforeTheClusters() {
        assertThat(Parsing.config("patroni: {scope: main}\nvip: {name: pair, addresses: [192.168.50.10]}"
                                + NODES_AND_ETCD)
                        .vip())
                .hasValueSatisfying(vip -> assertThat(vip.name()).isEqualTo("pair"));
    }

    @Test
    void refusesToBeWithoutAnyName() {
        assertThat(Parsing.problems("vip: {addresses: [192.168.50.10]}" + NODES_AND_ETCD))
                .containsExactly(
                        "line 1: vip.name: is required where patroni.scope is not set: it tells these addresses"
                                + " from others in the same etcd");
    }

    @Test
    void asksForNoNameWhileTheScopeCannotBeRead() {
        assertThat(Parsing.problems("patroni: {scope: a b}\nvip: {addresses: [192.168.50.10]}" + NODES_AND_ETCD))
                .singleElement()
                .asString()
                .startsWith("line 1: patroni.scope: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vip: {name: a}", "vip: {name: a, adresses: [10.0.0.1]}"})
    void refusesToBeWithoutAddresses(String yaml) {
        assertThat(Parsing.problems(yaml + NODES_AND_ETCD))
                .contains("line 1: vip.addresses: is required: at least one address");
    }

    @Test
    void asksForNoKeyOfAGroupThatIsNone() {
        assertThat(Parsing.problems("vip: 10.0.0.1" + NODES_AND_ETCD))
                .containsExactly("line 1: vip: takes keys and values, but has the text '10.0.0.1'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "192.168.50.10/24 | has a prefix; write 192.168.50.10 alone, since it is put on as one address in any case",
                "\"2001:db8::1/64\" | has a prefix; write 2001:db8::1 alone, since it is put on as one address in any case",
                "vip.example.org | is not an IP address; write 192.168.50.10 or 2001:db8::10",
                "\"::ffff:10.0.0.1\" | is IPv4 within IPv6; write it as IPv4",
                "0.0.0.0 | is not the address of one host",
                "\"::\" | is not the address of one host",
                "224.0.0.18 | is not the address of one host",
                "\"ff02::1\" | is not the address of one host",
                "255.255.255.255 | is not the address of one host",
                "127.0.0.2 | is an address that every host has for itself",
                "\"::1\" | is an address that every host has for itself",
                "169.254.0.1 | is a link-local address, which clients can't connect to without naming their interface",
                "\"fe80::1\" | is a link-local address, which clients can't connect to without naming their interface"
            })
    void refusesAddressesThatNoHostCanTakeOver(String written, String why) {
        assertThat(problems("addresses: [" + written + "]"))
                .containsExactly("line 1: vip.addresses[0]: '" + written.replace("\"", "") + "' " + why);
    }

    @Test
    void refusesAnAddressThatIsWrittenTwice() {
        assertThat(problems("addresses: [\"2001:db8::1\", 10.0.0.1, \"2001:DB8:0::1\"]"))
                .containsExactly("line 1: vip.addresses: names 2001:db8::1 twice");
    }

    @Test
    void refusesNoAddressesAndTooMany() {
        String many = "10.0.0.1" + ", 10.0.0.1".repeat(16);

        assertThat(problems("addresses: []"))
                .containsExactly("line 1: vip.addresses: has 0 entries; write 1 to 16 of them");
        assertThat(problems("addresses: [" + many + "]"))
                .contains("line 1: vip.addresses: has 17 entries; write 1 to 16 of them");
    }

    @Test
    void refusesAnAddressThatIsNoList() {
        assertThat(problems("addresses: 10.0.0.1"))
                .containsExactly("line 1: vip.addresses: takes a list, but has the text '10.0.0.1'");
    }

    @Test
    void refusesInterfacesThatCannotBe() {
        assertThat(problems("addresses: [10.0.0.1], interface: eth0@if12"))
                .containsExactly("line 1: vip.interface: 'eth0@if12' is a name and what it belongs to; write eth0");
        assertThat(problems("addresses: [10.0.0.1], interface: \"eth0:1\""))
                .containsExactly("line 1: vip.interface: 'eth0:1' is not the name of a network interface; write eth0,"
                        + " say, up to 15 letters, digits, dots, hyphens and underscores");
        assertThat(problems("addresses: [10.0.0.1], interface: a123456789012345"))
                .singleElement()
                .asString()
                .contains("is not the name of a network interface");
    }

    @ParameterizedTest
    @ValueSource(strings = {"3s", "500ms", "3999ms"})
    void refusesALeaseThatAChangeOfEtcdsLeaderOutlasts(String ttl) {
        assertThat(problems("addresses: [10.0.0.1], lease-ttl: " + ttl))
                .containsExactly(
                        "line 1: vip.lease-ttl: " + ttl + " is too short: without peers nothing bridges the 3 s"
                                + " that a change of etcd's leader may take, and 0.6 s more are kept for inexact clocks and a late"
                                + " kernel; write 4s to 1m");
    }

    @Test
    void takesTheShortestLeaseThatCanWork() {
        assertThat(vip("name: a, addresses: [10.0.0.1], lease-ttl: 4s").leaseTtl())
                .isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void refusesALeaseOfPartsOfSeconds() {
        assertThat(problems("addresses: [10.0.0.1], lease-ttl: 4500ms"))
                .containsExactly("line 1: vip.lease-ttl: 4500ms is not whole seconds, in which etcd counts leases");
    }

    @Test
    void refusesWhatIsOutOfRange() {
        assertThat(problems("addresses: [10.0.0.1], lease-ttl: 2m, handover-drain: 2h"))
                .containsExactly(
                        "line 1: vip.lease-ttl: '2m' is out of range; write 0s to 1m",
                        "line 1: vip.handover-drain: '2h' is out of range; write 0s to 1h");
    }

    @Test
    void refusesUnknownKeys() {
        assertThat(problems("addresses: [10.0.0.1], virtual-router-id: 51"))
                .singleElement()
                .asString()
                .startsWith("line 1: vip.virtual-router-id: unknown key");
    }

    @Test
    void needsEtcd() {
        assertThat(Parsing.problems("vip: {name: a, addresses: [10.0.0.1]}" + Parsing.NODES))
                .containsExactly("line 1: vip: needs etcd.endpoints too: it is decided in etcd who has the addresses");
        assertThat(Parsing.problems("vip: {name: a, addresses: [10.0.0.1]}\netcd: {endpoints: none}" + Parsing.NODES))
                .hasSize(1);
    }

    @Test
    void doesNotMissAnEtcdWhoseEndpointsCannotBeRead() {
        assertThat(Parsing.problems("vip: {name: a, addresses: [10.0.0.1]}\netcd: {endpoints: [x]}" + Parsing.NODES))
                .singleElement()
                .asString()
                .startsWith("line 2: etcd.endpoints");
    }

    private static VipConfig vip(String keys) {
        return Parsing.config("vip: {" + keys + "}" + NODES_AND_ETCD).vip().orElseThrow();
    }

    private static List<String> problems(String keys) {
        return Parsing.problems("vip: {name: a, " + keys + "}" + NODES_AND_ETCD);
    }
}
