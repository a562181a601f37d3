package io.pgproxy.vip.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** By linux/netlink.h, linux/rtnetlink.h and linux/if_addr.h. */
class AddressRequestsTest {
    private static final int SEQUENCE = 0x01020304;
    private static final int LINK = 7;

    @Test
    void putsAnIpv4Address() {
        assertThat(Bytes.text(AddressRequests.put(SEQUENCE, LINK, Bytes.ipv4("192.168.50.10"), 32, 3)))
                .isEqualTo(Bytes.text(Bytes.of(
                        "44000000 1400 0505 04030201 00000000", // NEWADDR: REQUEST, ACK, REPLACE, CREATE
                        "02 20 00 00 07000000",
                        "0800 0200 c0a8320a",
                        "0800 0100 c0a8320a",
                        "1400 0600 00000000 03000000 00000000 00000000",
                        "0500 0b00 70 000000")));
    }

    @Test
    void putsAnIpv6AddressThatIsInUseAtOnce() {
        assertThat(Bytes.text(AddressRequests.put(SEQUENCE, LINK, Bytes.ipv6("fd00:50::10"), 128, 3)))
                .isEqualTo(Bytes.text(Bytes.of(
                        "64000000 1400 0505 04030201 00000000",
                        "0a 80 00 00 07000000",
                        "1400 0200 fd000050 00000000 00000000 00000010",
                        "1400 0100 fd000050 00000000 00000000 00000010",
                        "1400 0600 00000000 03000000 00000000 00000000",
                        "0800 0800 02000000", // NODAD
                        "0500 0b00 70 000000")));
    }

    @Test
    void deletesAnAddress() {
        assertThat(Bytes.text(AddressRequests.delete(SEQUENCE, LINK, Bytes.ipv4("192.168.50.10"), 32)))
                .isEqualTo(Bytes.text(Bytes.of(
                        "28000000 1500 0500 04030201 00000000",
                        "02 20 00 00 07000000",
                        "0800 0200 c0a8320a",
                        "0800 0100 c0a8320a")));
    }

    @Test
    void listsAddressesOfEveryFamily() {
        assertThat(Bytes.text(AddressRequests.listAddresses(SEQUENCE)))
                .isEqualTo(Bytes.text(Bytes.of("18000000 1600 0103 04030201 00000000", "00 00 00 00 00000000")));
    }

    @Test
    void listsLinks() {
        assertThat(Bytes.text(AddressRequests.listLinks(SEQUENCE)))
                .isEqualTo(Bytes.text(
                        Bytes.of("20000000 1200 0103 04030201 00000000", "00 00 0000 00000000 00000000 00000000")));
    }

    @Test
    void anAddressWithNoTimeLeftIsNotPut() {
        assertThatThrownBy(() -> AddressRequests.put(SEQUENCE, LINK, Bytes.ipv4("192.168.50.10"), 32, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsPutIsReadAsOurs() {
        NetlinkMessage request =
                NetlinkMessages.only(AddressRequests.put(SEQUENCE, LINK, Bytes.ipv6("fd00:50::10"), 128, 3));

        assertThat(AddressEntry.read(request).map(AddressEntry::isOurs)).contains(true);
    }
}
