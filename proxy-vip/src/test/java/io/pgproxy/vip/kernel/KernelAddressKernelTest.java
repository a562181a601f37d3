package io.pgproxy.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproxy.vip.kernel.wire.AddressEntry;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The virtual address as the manager sees it, on a kernel and a cable of its own. */
class KernelAddressKernelTest {
    private static final Inet4Address VIP = (Inet4Address) Addresses.of("192.168.50.10");
    private static final Inet4Address SECOND = (Inet4Address) Addresses.of("192.168.50.9");
    private static final InetAddress VIP6 = Addresses.of("fd00:50::10");
    private static final String WRONG_MAC = "02:00:00:00:00:99";

    @RegisterExtension
    final TwoHosts hosts = new TwoHosts();

    private final AddressDiary diary = new AddressDiary();

    private KernelAddress address(InetAddress... addresses) throws KernelException {
        return hosts.open(new KernelAddress(hosts.kernel(), List.of(addresses), Optional.empty(), diary));
    }

    private static boolean touch(KernelAddress address, int seconds) {
        return address.touch(seconds, soon());
    }

    /** Far enough for any machine that runs the tests; where the fuse burns has a test of its own. */
    private static long soon() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    }

    private List<AddressEntry> ours() throws KernelException {
        return hosts.table().dump().stream().filter(AddressEntry::isOurs).toList();
    }

    // On and off.

    @Test
    void everyAddressIsPutOnAsASingleHostsAndMarked() throws Exception {
        assertThat(touch(address(VIP, SECOND, VIP6), 30)).isTrue();

        assertThat(ours()).hasSize(3).allSatisfy(entry -> {
            assertThat(entry.subnet().isHost()).isTrue();
            assertThat(entry.validSeconds()).isBetween(28L, 30L);
        });
        assertThat(hosts.near("-d addr show dev near0"))
                .contains("inet 192.168.50.10/32")
                .contains("inet 192.168.50.9/32")
                .contains("inet6 fd00:50::10/128");
    }

    @Test
    @Timeout(30)
    void whoeverWatchesTheKernelSeesItComeAndGo() throws Exception {
        try (IpMonitor monitor = hosts.open(new IpMonitor(hosts))) {
            KernelAddress address = address(VIP);

            touch(address, 30);
            assertThat(monitor.lineWith("192.168.50.10"))
                    .contains("near0")
                    .contains("valid_lft")
                    .doesNotContain("Deleted");
            address.delete();
            assertThat(monitor.lineWith("192.168.50.10")).startsWith("Deleted");
        }
    }

    @Test
    void anotherTouchGivesItMoreTime() throws Exception {
        KernelAddress address = address(VIP, VIP6);
        touch(address, 3);

        touch(address, 60);

        assertThat(ours()).hasSize(2).allSatisfy(entry -> assertThat(entry.validSeconds())
                .isBetween(58L, 60L));
    }

    @Test
    void aTouchThatWasHeldUpForTooLongPutsNothingOn() throws Exception {
        KernelAddress address = address(VIP);

        assertThat(address.touch(30, System.nanoTime() - 1)).isFalse();

        assertThat(ours()).isEmpty();
    }

    @Test
    void aTouchThatTheKernelRefusesSaysSo() throws Exception {
        KernelAddress address = address(VIP);
        hosts.near("link del near0");

        assertThat(touch(address, 30)).isFalse();
    }

    @Test
    void aDeletionIsSeenInTheKernelsList() throws Exception {
        KernelAddress address = address(VIP, VIP6);
        touch(address, 30);
        assertThat(address.isPresent()).isTrue();

        assertThat(address.delete()).isTrue();

        assertThat(address.isPresent()).isFalse();
        assertThat(ours()).isEmpty();
    }

    @Test
    void itIsPresentWhilePartOfItIs() throws Exception {
        KernelAddress address = address(VIP, VIP6);
        touch(address, 30);

        hosts.near("addr del 192.168.50.10/32 dev near0");

        assertThat(address.isPresent()).isTrue();
    }

    // At the start.

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

    // What is seen.

    @Test
    void whatSomebodyElseTakesAwayIsLostAndWhatWeTakeAwayIsNot() throws Exception {
        KernelAddress address = address(VIP, VIP6);
        assertThat(diary.next()).isEqualTo("network reachable");
        touch(address, 30);
        address.delete();
        touch(address, 30);

        hosts.near("addr del fd00:50::10/128 dev near0");

        assertThat(diary.next()).isEqualTo("lost");
        assertThat(diary.soFar()).isEmpty();
    }

    @Test
    void whatTheKernelDropsIsLost() throws Exception {
        touch(address(VIP), 1);

        assertThat(diary.next()).isEqualTo("network reachable");
        assertThat(diary.next()).isEqualTo("lost");
    }

    @Test
    void aCableThatIsPulledAndPutBackIsTold() throws Exception {
        address(VIP);
        assertThat(diary.next()).isEqualTo("network reachable");

        hosts.far("link set far0 down");
        assertThat(diary.next()).isEqualTo("network cut");

        hosts.far("link set far0 up");
        assertThat(diary.next()).isEqualTo("network reachable");
    }

    @Test
    void aCableThatIsOutAtTheStartIsTold() throws Exception {
        hosts.far("link set far0 down");

        address(VIP);

        assertThat(diary.next()).isEqualTo("network cut");
    }

    @Test
    void anInterfaceThatIsGoneIsTold() throws Exception {
        address(VIP);
        assertThat(diary.next()).isEqualTo("network reachable");

        hosts.near("link del near0");

        assertThat(diary.next()).isEqualTo("network cut");
    }

    // Others.

    @Test
    void aHolderThatAnswersIsAConflict() throws Exception {
        hosts.far("addr add 192.168.50.9/32 dev far0");
        KernelAddress address = address(VIP, SECOND, VIP6);
        assertThat(diary.next()).isEqualTo("network reachable");

        assertThat(address.probe()).isTrue();

        assertThat(diary.next()).isEqualTo("conflict " + TwoHosts.FAR_MAC);
    }

    @Test
    void whoeverTellsTheNetworkThatHeHasItIsAConflict() throws Exception {
        touch(address(VIP), 30);
        assertThat(diary.next()).isEqualTo("network reachable");
        ArpSocket far = hosts.open(
                hosts.onFar(() -> new ArpSocket(hosts.kernel(), hosts.link("far0"), List.of(VIP), new Sightings())));

        far.announce(VIP);

        assertThat(diary.next()).isEqualTo("conflict " + TwoHosts.FAR_MAC);
    }

    @Test
    void aQuestionThatNobodyCanHearCountsAsNone() throws Exception {
        KernelAddress address = address(VIP);
        hosts.far("link set far0 down");
        assertThat(address.probe()).as("without a carrier").isFalse();

        hosts.near("link set near0 down");
        assertThat(address.probe()).as("switched off").isFalse();
    }

    /** The loop that listens must have told, or be made to tell, before anybody concludes something from silence. */
    @Test
    void whatWasSaidHasBeenToldOnceItWasListenedFor() throws Exception {
        hosts.far("addr add 192.168.50.10/32 dev far0");
        KernelAddress address = address(VIP);
        assertThat(diary.next()).isEqualTo("network reachable");
        for (int i = 0; i < 50; i++) {
            address.probe(); // the far kernel's answer is there when this returns, as both share one
        }

        assertThat(address.listen()).as("all was read").isTrue();

        assertThat(diary.soFar()).contains("conflict " + TwoHosts.FAR_MAC);
    }

    @Test
    void aFloodIsToldNowAndThen() throws Exception {
        KernelAddress address = address(VIP);
        ArpSocket far = hosts.open(
                hosts.onFar(() -> new ArpSocket(hosts.kernel(), hosts.link("far0"), List.of(VIP), new Sightings())));
        long start = System.nanoTime();

        for (int i = 0; i < 5_000; i++) {
            far.announce(VIP);
        }
        address.listen();

        long most = (System.nanoTime() - start) / TimeUnit.MILLISECONDS.toNanos(20) + 2;
        assertThat(diary.soFar().stream().filter(line -> line.startsWith("conflict")))
                .hasSizeBetween(1, (int) most);
    }

    // Announcements.

    private void fillFarTables() throws Exception {
        hosts.far("neigh replace 192.168.50.10 lladdr " + WRONG_MAC + " dev far0 nud reachable");
        hosts.far("neigh replace fd00:50::10 lladdr " + WRONG_MAC + " dev far0 nud reachable");
    }

    private void awaitFarTablesMoved() throws Exception {
        hosts.awaitFar("neigh show 192.168.50.10", "lladdr " + TwoHosts.NEAR_MAC);
        hosts.awaitFar("neigh show fd00:50::10", "lladdr " + TwoHosts.NEAR_MAC);
    }

    @Test
    void theNeighboursTablesFollow() throws Exception {
        KernelAddress address = address(VIP, VIP6);
        fillFarTables();
        touch(address, 30);

        address.announce(true, soon());

        awaitFarTablesMoved();
    }

    @Test
    void theBurstIsMoreThanOne() throws Exception {
        KernelAddress address = address(VIP, VIP6);
        touch(address, 30);
        address.announce(true, soon());
        for (int i = 0; i < 2; i++) {
            fillFarTables();
            awaitFarTablesMoved();
        }
    }

    @Test
    void whatCouldNotBeSaidWhileTheLinkWasDownIsSaidWhenItIsBack() throws Exception {
        KernelAddress address = address(VIP);
        touch(address, 30);
        hosts.near("link set near0 down");
        address.announce(true, soon());

        hosts.near("link set near0 up");
        hosts.awaitRunning();
        fillFarTables();

        hosts.awaitFar("neigh show 192.168.50.10", "lladdr " + TwoHosts.NEAR_MAC);
    }

    /** Behind a cable that is out nobody hears the burst, and the kernel says nothing of it. */
    @Test
    void aCableThatIsBackMakesANewBurst() throws Exception {
        KernelAddress address = address(VIP);
        touch(address, 30);
        address.announce(true, soon());
        assertThat(diary.next()).isEqualTo("network reachable");
        for (int i = 0; i < 2; i++) {
            hosts.far("link set far0 down");
            assertThat(diary.next()).isEqualTo("network cut");
            hosts.far("link set far0 up");
            assertThat(diary.next()).isEqualTo("network reachable");
            fillFarTables();
            hosts.awaitFar("neigh show 192.168.50.10", "lladdr " + TwoHosts.NEAR_MAC);
        }
    }

    private ArpSocket farEars(Sightings heard) throws Exception {
        return hosts.open(hosts.onFar(() -> new ArpSocket(hosts.kernel(), hosts.link("far0"), List.of(VIP), heard)));
    }

    /** Longer than the first two gaps of a burst. */
    private void assertSilence(ArpSocket ears, Sightings heard) throws KernelException {
        ears.receive();
        heard.seen.clear();
        Awaiting.readable(hosts.kernel(), ears, 400);
        ears.receive();
        assertThat(heard.seen).isEmpty();
    }

    @Test
    void nothingIsSaidAfterTheAuthorityForIt() throws Exception {
        KernelAddress address = address(VIP);
        Sightings heard = new Sightings();
        ArpSocket ears = farEars(heard);

        address.announce(true, System.nanoTime() - 1);
        Awaiting.readable(hosts.kernel(), ears, 100);
        ears.receive();
        assertThat(heard.seen).isEmpty();

        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);
        address.announce(true, end);
        Awaiting.until(hosts.kernel(), ears, "the time is over", () -> System.nanoTime() - end > 0);
        assertThat(heard.seen).isNotEmpty();
        assertSilence(ears, heard);
    }

    @Test
    void nothingIsSaidAfterHush() throws Exception {
        KernelAddress address = address(VIP);
        Sightings heard = new Sightings();
        ArpSocket ears = farEars(heard);
        address.announce(true, soon());
        Awaiting.until(hosts.kernel(), ears, "an announcement", () -> !heard.seen.isEmpty());

        address.hush();

        assertSilence(ears, heard);
    }

    @Test
    void whatIsLostIsNotAnnounced() throws Exception {
        KernelAddress address = address(VIP);
        Sightings heard = new Sightings();
        ArpSocket ears = farEars(heard);
        touch(address, 30);
        address.announce(true, soon());
        assertThat(diary.next()).isEqualTo("network reachable");

        hosts.near("addr del 192.168.50.10/32 dev near0");
        assertThat(diary.next()).isEqualTo("lost");

        assertSilence(ears, heard);
    }
}
