package io.pgproxy.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproxy.vip.kernel.wire.AddressEntry;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Where it belongs, and what stands there already. */
class KernelAddressStartKernelTest extends KernelAddressFacts {
    @Test
    void whatAnEarlierRunOrKeepalivedLeftIsFoundAndTakenOff() throws Exception {
        hosts.near("addr add 192.168.50.10/24 dev near0");
        hosts.near("addr add fd00:50::10/64 dev near0 nodad");
        hosts.near("link add other0 type veth peer name other1");
        hosts.near("addr add 10.5.0.1/24 dev other0");
        hosts.near("addr add 192.168.50.10/32 dev other0");
        hosts.table().put(hosts.near0(), VIP, 32, 30);
        KernelAddress address = address(VIP, VIP6);
        assertThat(address.isPresent()).isTrue();

        assertThat(address.delete()).isTrue();

        assertThat(hosts.near("addr show"))
                .doesNotContain("192.168.50.10/")
                .doesNotContain("fd00:50::10/")
                .contains("192.168.50.11/24")
                .contains("fd00:50::11/64");
    }

    @Test
    void theHostsOwnAddressIsRefused() {
        assertThatThrownBy(() -> address((Inet4Address) Addresses.of("192.168.50.11"), Addresses.of("fd00:50::11")))
                .hasMessage("find where the virtual addresses belong: 192.168.50.11/24 is this host's own address;"
                        + " fd00:50:0:0:0:0:0:11/64 is this host's own address");
    }

    @Test
    void anAddressWithoutASubnetIsPutWhereItIsSaid() throws Exception {
        InetAddress elsewhere = Addresses.of("10.1.2.3");
        assertThatThrownBy(() -> address(elsewhere))
                .hasMessageContaining("no interface has a subnet that holds 10.1.2.3, name one with vip.interface");

        KernelAddress named =
                hosts.open(new KernelAddress(hosts.kernel(), List.of(elsewhere), Optional.of("near0"), diary));
        touch(named, 30);

        assertThat(ours())
                .extracting(AddressEntry::linkIndex)
                .containsExactly(hosts.near0().index());
        assertThatThrownBy(() -> new KernelAddress(hosts.kernel(), List.of(elsewhere), Optional.of("near7"), diary))
                .hasMessageContaining("there is no interface near7");
    }

    @Test
    void anAddressThatTwoInterfacesMayHaveIsRefused() throws Exception {
        hosts.near("link add twin0 type veth peer name twin1");
        hosts.near("addr add 192.168.50.1/24 dev twin0");

        assertThatThrownBy(() -> address(VIP)).hasMessageContaining("several interfaces have a subnet that holds");
    }
}
