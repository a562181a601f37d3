package io.pgproxy.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.pgproxy.vip.kernel.wire.AddressEntry;
import io.pgproxy.vip.kernel.wire.AddressRequests;
import io.pgproxy.vip.kernel.wire.Link;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import jnr.constants.platform.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AddressTableKernelTest {
    private static final InetAddress VIP = Addresses.of("192.168.50.10");
    private static final InetAddress VIP6 = Addresses.of("fd00:50::10");

    @RegisterExtension
    final TwoHosts hosts = new TwoHosts();

    private static List<AddressEntry> entries(AddressTable table, InetAddress address) throws KernelException {
        return table.dump().stream()
                .filter(entry -> entry.address().equals(address))
                .toList();
    }

    /** One that burns no more refuses to be armed. */
    @Test
    void aGuardedPutDoesNothingWithoutItsFuse() throws Exception {
        AddressTable table = hosts.table();
        Fuse fuse = new Fuse(hosts.kernel());
        fuse.close();
        Place place = new Place(VIP, hosts.near0());

        assertThatThrownBy(() -> table.put(place, 30, fuse, System.nanoTime() + TimeUnit.SECONDS.toNanos(20)))
                .hasMessageStartingWith("arm the fuse");
        assertThatThrownBy(() -> table.rehearse(fuse)).hasMessageStartingWith("arm the fuse");

        assertThat(table.dump()).noneMatch(entry -> entry.address().equals(VIP));
    }

    @Test
    void whatIsPutIsListedAsOurs() throws Exception {
        AddressTable table = hosts.table();
        Link link = hosts.near0();

        table.put(link, VIP, 32, 30);

        assertThat(entries(table, VIP)).singleElement().satisfies(entry -> {
            assertThat(entry.linkIndex()).isEqualTo(link.index());
            assertThat(entry.subnet().prefixLength()).isEqualTo(32);
            assertThat(entry.validSeconds()).isBetween(28L, 30L);
            assertThat(entry.isOurs()).isTrue();
            assertThat(entry.isDeprecated()).isTrue();
        });
    }

    @Test
    void anIpv6AddressIsInUseAtOnce() throws Exception {
        AddressTable table = hosts.table();

        table.put(hosts.near0(), VIP6, 128, 30);

        assertThat(entries(table, VIP6)).singleElement().satisfies(entry -> {
            assertThat(entry.subnet().prefixLength()).isEqualTo(128);
            assertThat(entry.validSeconds()).isBetween(28L, 30L);
            assertThat(entry.isTentative()).isFalse();
            assertThat(entry.isOurs()).isTrue();
            assertThat(entry.isDeprecated()).isTrue();
        });
    }

    @Test
    void puttingAgainRenewsAndDoesNotDouble() throws Exception {
        AddressTable table = hosts.table();
        Link link = hosts.near0();
        for (InetAddress address : List.of(VIP, VIP6)) {
            int prefixLength = 8 * address.getAddress().length;
            table.put(link, address, prefixLength, 10);

            table.put(link, address, prefixLength, 60);

            assertThat(entries(table, address)).singleElement().satisfies(entry -> assertThat(entry.validSeconds())
                    .isBetween(58L, 60L));
        }
    }

    @Test
    void deletingIsSeenInTheList() throws Exception {
        AddressTable table = hosts.table();
        Link link = hosts.near0();
        for (InetAddress address : List.of(VIP, VIP6)) {
            int prefixLength = 8 * address.getAddress().length;
            table.put(link, address, prefixLength, 30);

            assertThat(table.delete(link, address, prefixLength)).isTrue();
            assertThat(entries(table, address)).isEmpty();
        }
    }

    @Test
    void deletingWhatIsNotThereSaysSo() throws Exception {
        AddressTable table = hosts.table();

        assertThat(table.delete(hosts.near0(), VIP, 32)).isFalse();
        assertThat(table.delete(hosts.near0(), VIP6, 128)).isFalse();
    }

    @Test
    void deletingFromALinkThatIsGoneSaysSo() throws Exception {
        AddressTable table = hosts.table();
        Link link = hosts.near0();
        table.put(link, VIP, 32, 30);
        hosts.near("link del near0");

        assertThat(table.delete(link, VIP, 32)).isFalse();
        assertThat(table.delete(link, VIP6, 128)).isFalse();
    }

    @Test
    void anotherPrefixLengthIsAnotherAddress() throws Exception {
        AddressTable table = hosts.table();
        hosts.near("addr add 192.168.50.10/24 dev near0");

        table.put(hosts.near0(), VIP, 32, 30);

        assertThat(entries(table, VIP)).hasSize(2);
        assertThat(table.delete(hosts.near0(), VIP, 32)).isTrue();
        assertThat(entries(table, VIP))
                .singleElement()
                .satisfies(entry -> assertThat(entry.subnet().prefixLength()).isEqualTo(24));
    }

    @Test
    void whatSomebodyElsePutIsNotTakenForOurs() throws Exception {
        hosts.near("addr add 192.168.50.10/32 dev near0");

        assertThat(entries(hosts.table(), VIP)).singleElement().satisfies(entry -> {
            assertThat(entry.isOurs()).isFalse();
            assertThat(entry.validSeconds()).isEqualTo(AddressEntry.FOREVER);
        });
    }

    @Test
    void aLeftoverIsFoundByAnotherProcess() throws Exception {
        try (AddressTable before = new AddressTable(hosts.kernel(), 1_000_000_000L)) {
            before.put(hosts.near0(), VIP, 32, 30);
        }

        assertThat(hosts.table().dump().stream().filter(AddressEntry::isOurs))
                .extracting(AddressEntry::address)
                .containsExactly(VIP);
    }

    @Test
    void thisHostsOwnConnectionsDoNotComeFromTheAddress() throws Exception {
        AddressTable table = hosts.table();

        table.put(hosts.near0(), VIP, 32, 30);
        table.put(hosts.near0(), VIP6, 128, 30);

        assertThat(hosts.near("route get 192.168.50.12")).contains("src 192.168.50.11");
        assertThat(hosts.near("route get fd00:50::12")).contains("src fd00:50::11");
    }

    @Test
    void aRefusalNamesWhatWasDoneAndWhatTheKernelSaid() throws Exception {
        AddressTable table = hosts.table();
        Link unknown = new Link(999, "eth9", Optional.empty(), 1500, 0);

        assertThatThrownBy(() -> table.put(unknown, VIP, 32, 30))
                .hasMessageStartingWith("put 192.168.50.10/32 on eth9 for 30 s: ENODEV (No such device)")
                .asInstanceOf(type(KernelException.class))
                .satisfies(refusal -> assertThat(refusal.errno()).contains(Errno.ENODEV))
                .satisfies(refusal -> assertThat(refusal.isPassing()).isFalse());
    }

    @Test
    void aRefusalRepeatsTheKernelsOwnWords() throws Exception {
        AddressTable table = hosts.table();

        assertThatThrownBy(() -> table.put(hosts.near0(), VIP, 33, 30))
                .hasMessageStartingWith("put 192.168.50.10/33 on near0 for 30 s: EINVAL (Invalid argument): ")
                .hasMessageContaining("prefix");
    }

    @Test
    void theAnswerIsThereWhenTheCallReturns() throws Exception {
        AddressTable impatient = hosts.open(new AddressTable(hosts.kernel(), 0));

        impatient.put(hosts.near0(), VIP, 32, 30);

        assertThat(impatient.delete(hosts.near0(), VIP, 32)).isTrue();
    }

    @Test
    void aRefusalDoesNotDisturbTheNextQuestion() throws Exception {
        AddressTable table = hosts.table();
        assertThatThrownBy(() -> table.put(hosts.near0(), VIP, 33, 30)).isInstanceOf(KernelException.class);

        assertThat(table.dump()).extracting(AddressEntry::address).contains(Addresses.of("192.168.50.11"));
    }

    @Test
    void anAnswerThatNobodyWaitedForIsNotTakenForTheNext() throws Exception {
        NetlinkSocket socket = new NetlinkSocket(hosts.kernel(), "the kernel's list of addresses", 0);
        AddressTable table = hosts.open(new AddressTable(hosts.kernel(), socket, 1_000_000_000L));
        socket.send(
                "ask for nothing",
                Kernel.buffer(AddressRequests.delete(777, hosts.near0().index(), VIP, 32)));

        table.put(hosts.near0(), VIP, 32, 30);

        assertThat(entries(table, VIP)).hasSize(1);
    }

    @Test
    void aLongListComesInManyParts() throws Exception {
        AddressTable table = hosts.table();
        Link link = hosts.near0();
        for (int i = 0; i < 1000; i++) {
            table.put(link, InetAddress.getByAddress(new byte[] {10, 9, (byte) (i / 250), (byte) (i % 250)}), 32, 60);
        }

        assertThat(table.dump().stream().filter(AddressEntry::isOurs)).hasSize(1000);
    }

    @Test
    void aLinkIsFoundByName() throws Exception {
        assertThat(hosts.table().link("near0")).hasValueSatisfying(link -> {
            assertThat(link.mac()).hasToString("Optional[" + TwoHosts.NEAR_MAC + "]");
            assertThat(link.mtuBytes()).isEqualTo(1500);
            assertThat(link.isUp()).isTrue();
            assertThat(link.hasCarrier()).isTrue();
        });
        assertThat(hosts.table().link("near1")).isEmpty();
    }

    @Test
    void aLinkIsFoundByItsSubnet() throws Exception {
        AddressTable table = hosts.table();

        assertThat(table.linksAround(VIP)).extracting(Link::name).containsExactly("near0");
        assertThat(table.linksAround(VIP6)).extracting(Link::name).containsExactly("near0");
        assertThat(table.linksAround(Addresses.of("10.1.2.3"))).isEmpty();
    }

    @Test
    void theAddressItselfIsNoSubnet() throws Exception {
        AddressTable table = hosts.table();
        InetAddress elsewhere = Addresses.of("10.1.2.3");
        table.put(hosts.near0(), elsewhere, 32, 30);

        assertThat(table.linksAround(elsewhere)).isEmpty();
    }

    @Test
    void theNarrowestSubnetCountsAndTwoAlikeAreTold() throws Exception {
        AddressTable table = hosts.table();
        hosts.near("link add wide0 type veth peer name wide1");
        hosts.near("addr add 192.168.0.1/16 dev wide0");
        assertThat(table.linksAround(VIP)).extracting(Link::name).containsExactly("near0");

        hosts.near("addr add 192.168.50.1/24 dev wide0");
        assertThat(table.linksAround(VIP)).extracting(Link::name).containsExactlyInAnyOrder("near0", "wide0");
    }

    @Test
    void aCableThatIsOutIsSeen() throws Exception {
        hosts.far("link set far0 down");

        assertThat(hosts.near0().isUp()).isTrue();
        assertThat(hosts.near0().hasCarrier()).isFalse();
    }
}
