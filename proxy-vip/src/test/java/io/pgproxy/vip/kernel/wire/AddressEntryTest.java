package io.pgproxy.vip.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.vip.kernel.wire.AddressEntry.Subnet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressEntryTest {
    private static final String VIP_ATTRIBUTES = "0800 0100 c0a8320a 0800 0200 c0a8320a";

    private static NetlinkMessage message(String fixed, String attributes) {
        byte[] body = Bytes.of(fixed, attributes);
        return NetlinkMessages.only(
                String.format("%02x000000 1400 0000 00000000 00000000", 16 + body.length), Bytes.text(body));
    }

    /** What Linux 6.18 said when {@code ip addr del} took the address away. */
    @Test
    void readsTheKernelsNews() {
        NetlinkMessage message = NetlinkMessages.only(
                "50000000 1500 0000 03000000 076a0000",
                "02 20 20 00 03000000",
                "0800 0100 c0a8320a",
                "0800 0200 c0a8320a",
                "0a00 0300 6e6561723000 0000", // the label
                "0800 0800 20000000",
                "1400 0600 00000000 1a000000 28123000 28123000");

        assertThat(message.type()).isEqualTo(AddressEntry.DELETED);
        assertThat(AddressEntry.read(message))
                .contains(new AddressEntry(
                        3, Bytes.ipv4("192.168.50.10"), new Subnet(Bytes.ipv4("192.168.50.10"), 32), 0x20, 0, 26));
    }

    /** What Linux 6.18 lists on a host with a virtual address of each family. */
    @Test
    void readsTheKernelsList() {
        List<AddressEntry> entries = NetlinkMessages.all(
                        "4c000000 1400 0200 01000000 076a0000 02 08 80 fe 01000000",
                        "0800 0100 7f000001 0800 0200 7f000001 0700 0300 6c6f00 00 0800 0800 80000000",
                        "1400 0600 ffffffff ffffffff 03123000 03123000",
                        "50000000 1400 0200 01000000 076a0000 02 18 80 00 03000000",
                        "0800 0100 c0a8320b 0800 0200 c0a8320b 0a00 0300 6e6561723000 0000 0800 0800 80000000",
                        "1400 0600 ffffffff ffffffff 28123000 28123000",
                        "50000000 1400 0200 01000000 076a0000 0a 80 80 fe 01000000",
                        "1400 0100 00000000 00000000 00000000 00000001",
                        "1400 0600 ffffffff ffffffff 03123000 03123000 0800 0800 80000000 0500 0b00 01 000000",
                        "48000000 1400 0200 01000000 076a0000 0a 80 22 00 03000000",
                        "1400 0100 fd000050 00000000 00000000 00000010",
                        "1400 0600 00000000 1c000000 d1123000 d1123000 0800 0800 22000000")
                .stream()
                .flatMap(message -> AddressEntry.read(message).stream())
                .toList();

        assertThat(entries)
                .extracting(entry -> entry.address().getHostAddress() + "/"
                        + entry.subnet().prefixLength() + " on " + entry.linkIndex() + " by " + entry.mark() + " for "
                        + entry.validSeconds())
                .containsExactly(
                        "127.0.0.1/8 on 1 by 0 for 4294967295",
                        "192.168.50.11/24 on 3 by 0 for 4294967295",
                        "0:0:0:0:0:0:0:1/128 on 1 by 1 for 4294967295",
                        "fd00:50:0:0:0:0:0:10/128 on 3 by 0 for 28");
    }

    @Test
    void onAPointToPointLinkTheOtherEndIsTheSubnet() {
        AddressEntry entry = AddressEntry.read(message("02 1e 80 00 07000000", "0800 0100 c0a83202 0800 0200 c0a83201"))
                .orElseThrow();

        assertThat(entry.address()).isEqualTo(Bytes.ipv4("192.168.50.1"));
        assertThat(entry.subnet()).isEqualTo(new Subnet(Bytes.ipv4("192.168.50.2"), 30));
    }

    @Test
    void withoutALifetimeItStays() {
        assertThat(AddressEntry.read(message("02 20 80 00 07000000", VIP_ATTRIBUTES))
                        .map(AddressEntry::validSeconds))
                .contains(AddressEntry.FOREVER);
    }

    @Test
    void theLongerFlagsCount() {
        assertThat(AddressEntry.read(message("02 20 80 00 07000000", VIP_ATTRIBUTES + "0800 0800 80020000"))
                        .map(AddressEntry::flags))
                .contains(0x280);
    }

    @Test
    void aKernelThatMarksNothingSaysNothingOfWhoseItIs() {
        AddressEntry entry = AddressEntry.read(message("02 20 80 00 07000000", VIP_ATTRIBUTES))
                .orElseThrow();

        assertThat(entry.mark()).isZero();
        assertThat(entry.isOurs()).isFalse();
    }

    @Test
    void anIpv4AddressInIpv6StaysWhatItIs() {
        assertThat(AddressEntry.read(message("0a 80 00 00 07000000", "1400 0100 00000000 00000000 0000ffff c0a8320a"))
                        .map(entry -> entry.address().getAddress().length))
                .contains(16);
    }

    @ParameterizedTest
    @CsvSource({
        "shorter than its fixed part,          02 20 80 00,          ''",
        "of a family that we do not know,      1c 20 80 00 07000000, " + VIP_ATTRIBUTES,
        "with a prefix longer than an address, 02 21 80 00 07000000, " + VIP_ATTRIBUTES,
        "with an address of another family,    0a 20 80 00 07000000, " + VIP_ATTRIBUTES,
        "with no address,                      02 20 80 00 07000000, 0500 0b00 70 000000",
        "with an attribute past its end,       02 20 80 00 07000000, 0900 0100 c0a8320a",
    })
    void nothingIsTakenOutOfAMessage(String what, String fixed, String attributes) {
        assertThat(AddressEntry.read(message(fixed, attributes))).as(what).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "192.168.50.11, 24, 192.168.50.10,  true",
        "192.168.50.11, 24, 192.168.51.10,  false",
        "192.168.50.11, 23, 192.168.51.10,  true",
        "192.168.50.11, 32, 192.168.50.10,  false",
        "192.168.50.11, 0,  10.0.0.1,       true",
        "192.168.50.8,  29, 192.168.50.16,  false",
        "fd00:50::11,   64, fd00:50::10,    true",
        "fd00:50::11,   64, fd00:50:0:1::1, false",
        "fd00:50::11,   0,  192.168.50.10,  false",
    })
    void aSubnetHoldsWhatBeginsAsItDoes(String base, int prefixLength, String address, boolean holds) {
        assertThat(new Subnet(Bytes.address(base), prefixLength).holds(Bytes.address(address)))
                .isEqualTo(holds);
    }

    @Test
    void oneAddressAloneIsNoSubnetWithNeighbours() {
        assertThat(new Subnet(Bytes.ipv4("192.168.50.10"), 32).isHost()).isTrue();
        assertThat(new Subnet(Bytes.ipv6("fd00:50::10"), 32).isHost()).isFalse();
    }
}
