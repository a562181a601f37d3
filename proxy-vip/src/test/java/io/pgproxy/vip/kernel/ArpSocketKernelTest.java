package io.pgproxy.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.pgproxy.vip.kernel.Sighting.Claim;
import io.pgproxy.vip.kernel.wire.ArpFrame;
import io.pgproxy.vip.kernel.wire.Link;
import io.pgproxy.vip.kernel.wire.MacAddress;
import io.pgproxy.vip.kernel.wire.PacketFilter;
import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import jnr.constants.platform.Errno;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ArpSocketKernelTest {
    private static final Inet4Address VIP = (Inet4Address) Addresses.of("192.168.50.10");
    private static final Inet4Address FAR = (Inet4Address) Addresses.of("192.168.50.12");
    private static final Inet4Address OTHER = (Inet4Address) Addresses.of("192.168.50.77");

    @RegisterExtension
    final TwoHosts hosts = new TwoHosts();

    private final Sightings sightings = new Sightings();
    private ArpSocket near;

    @BeforeEach
    void listen() throws KernelException {
        near = hosts.open(new ArpSocket(hosts.kernel(), hosts.near0(), List.of(VIP, FAR), sightings));
    }

    private PacketSocket farSocket(PacketFilter filter) throws Exception {
        return hosts.open(
                hosts.onFar(() -> new PacketSocket(hosts.kernel(), hosts.link("far0"), ArpFrame.ETHER_TYPE, filter)));
    }

    private PacketSocket farSocket() throws Exception {
        return farSocket(PacketFilter.arp(List.of(VIP)));
    }

    private void awaitSightings(int count) throws KernelException {
        Awaiting.until(hosts.kernel(), near, count + " sightings", () -> sightings.seen.size() >= count);
    }

    @Test
    void aHolderAnswersAProbe() throws Exception {
        hosts.far("addr add 192.168.50.10/32 dev far0");
        long before = System.nanoTime();

        near.probe(VIP);

        awaitSightings(1);
        assertThat(sightings.seen).singleElement().satisfies(sighting -> {
            assertThat(sighting.claim()).isEqualTo(Claim.HAS_IT);
            assertThat(sighting.address()).isEqualTo(VIP);
            assertThat(sighting.mac()).hasToString(TwoHosts.FAR_MAC);
            assertThat(sighting.readNanos()).isBetween(before, System.nanoTime());
        });
    }

    /** The answer to the second question shows that the first has been heard, and that nobody answered. */
    @Test
    void nobodyAnswersAProbeForAnAddressThatNobodyHas() throws Exception {
        near.probe(VIP);
        near.probe(FAR);

        awaitSightings(1);
        assertThat(near.receive()).isTrue();
        assertThat(sightings.seen).extracting(Sighting::address).containsExactly(FAR);
        assertThat(sightings.missed).isZero();
    }

    @Test
    void aProbeChangesNobodysTable() throws Exception {
        hosts.far("neigh replace 192.168.50.10 lladdr 02:00:00:00:00:99 dev far0 nud stale");

        near.probe(VIP);
        near.probe(FAR);

        awaitSightings(1);
        assertThat(hosts.far("neigh show 192.168.50.10")).contains("02:00:00:00:00:99");
    }

    @Test
    void bothFormsOfAnAnnouncementReachTheFarEnd() throws Exception {
        PacketSocket far = farSocket();
        List<ArpFrame> heard = new ArrayList<>();
        MacAddress mac = hosts.near0().mac().orElseThrow();

        near.announce(VIP);

        Awaiting.until(hosts.kernel(), reader(far, heard), "two frames", () -> heard.size() >= 2);
        assertThat(heard).containsExactly(ArpFrame.announceByRequest(mac, VIP), ArpFrame.announceByReply(mac, VIP));
    }

    private static Receiver reader(PacketSocket socket, List<ArpFrame> heard) {
        return new Receiver() {
            @Override
            public int descriptor() {
                return socket.descriptor();
            }

            @Override
            public boolean receive() throws KernelException {
                return socket.receive(new PacketSocket.Listener() {
                    @Override
                    public void packet(ByteBuffer packet, MacAddress from, long readNanos) {
                        ArpFrame.read(packet).ifPresent(heard::add);
                    }

                    @Override
                    public void missed(long packets, long readNanos) {}
                });
            }
        };
    }

    @Test
    void theNeighboursTableFollowsEachForm() throws Exception {
        MacAddress mac = hosts.near0().mac().orElseThrow();
        PacketSocket socket = hosts.open(
                new PacketSocket(hosts.kernel(), hosts.near0(), ArpFrame.ETHER_TYPE, PacketFilter.arp(List.of(VIP))));
        for (ArpFrame form : List.of(ArpFrame.announceByRequest(mac, VIP), ArpFrame.announceByReply(mac, VIP))) {
            hosts.far("neigh replace 192.168.50.10 lladdr 02:00:00:00:00:99 dev far0 nud reachable");

            socket.send("announce", form.bytes(), MacAddress.BROADCAST);

            hosts.awaitFar("neigh show 192.168.50.10", "lladdr " + TwoHosts.NEAR_MAC);
        }
    }

    @Test
    void theNeighboursTableFollowsAnAnnouncement() throws Exception {
        hosts.far("neigh replace 192.168.50.10 lladdr 02:00:00:00:00:99 dev far0 nud reachable");

        near.announce(VIP);

        hosts.awaitFar("neigh show 192.168.50.10", "lladdr " + TwoHosts.NEAR_MAC);
    }

    @Test
    void somebodyElsesAnnouncementIsSeen() throws Exception {
        hosts.table().put(hosts.near0(), VIP, 32, 30);
        ArpSocket far = hosts.open(
                hosts.onFar(() -> new ArpSocket(hosts.kernel(), hosts.link("far0"), List.of(VIP), new Sightings())));

        far.announce(VIP);

        awaitSightings(2);
        assertThat(sightings.seen).allSatisfy(sighting -> {
            assertThat(sighting.claim()).isEqualTo(Claim.HAS_IT);
            assertThat(sighting.mac()).hasToString(TwoHosts.FAR_MAC);
        });
    }

    @Test
    void somebodyElsesProbeIsSeenAsAQuestion() throws Exception {
        ArpSocket far = hosts.open(
                hosts.onFar(() -> new ArpSocket(hosts.kernel(), hosts.link("far0"), List.of(VIP), new Sightings())));

        far.probe(VIP);

        awaitSightings(1);
        assertThat(sightings.seen).extracting(Sighting::claim).containsExactly(Claim.ASKS_FOR_IT);
    }

    @Test
    void ourOwnWordsSentBackAreNoConflict() throws Exception {
        PacketSocket far = farSocket();
        MacAddress ours = hosts.near0().mac().orElseThrow();
        MacAddress other = MacAddress.take(ByteBuffer.wrap(new byte[] {2, 0, 0, 0, 0, 0x77}));

        far.send("echo", ArpFrame.announceByRequest(ours, VIP).bytes(), MacAddress.BROADCAST);
        far.send("claim", ArpFrame.announceByRequest(other, VIP).bytes(), MacAddress.BROADCAST);

        awaitSightings(1);
        assertThat(sightings.seen).extracting(Sighting::mac).containsExactly(other);
    }

    @Test
    void theKernelDropsWhatIsAboutOtherAddresses() throws Exception {
        PacketSocket far = farSocket(PacketFilter.arp(List.of(VIP)));
        List<ArpFrame> heard = new ArrayList<>();
        PacketSocket socket = hosts.open(
                new PacketSocket(hosts.kernel(), hosts.near0(), ArpFrame.ETHER_TYPE, PacketFilter.arp(List.of(VIP))));

        MacAddress mac = MacAddress.BROADCAST;
        far.send("other", ArpFrame.announceByRequest(mac, OTHER).bytes(), MacAddress.BROADCAST);
        far.send("ours", ArpFrame.announceByRequest(mac, VIP).bytes(), MacAddress.BROADCAST);

        Awaiting.until(hosts.kernel(), reader(socket, heard), "a frame", () -> !heard.isEmpty());
        assertThat(heard).extracting(ArpFrame::senderAddress).containsExactly(VIP);
    }

    @Test
    void brokenAndOverlongFramesHarmNobody() throws Exception {
        PacketSocket far = farSocket();
        hosts.near("link set near0 mtu 9000");
        hosts.far("link set far0 mtu 9000");
        hosts.awaitRunning();
        byte[] claim = ArpFrame.announceByRequest(MacAddress.BROADCAST, VIP).bytes();

        for (int length = 1; length <= claim.length; length++) {
            far.send("send a broken frame", Arrays.copyOf(claim, length), MacAddress.BROADCAST);
        }
        far.send("send a long frame", Arrays.copyOf(claim, 8_000), MacAddress.BROADCAST);

        awaitSightings(2);
        assertThat(sightings.seen).hasSize(2);
    }

    @Test
    void aFloodIsToldAsMissed() throws Exception {
        PacketSocket far = farSocket();
        byte[] claim = ArpFrame.announceByRequest(MacAddress.BROADCAST, VIP).bytes();
        for (int i = 0; i < 2_000; i++) {
            far.send("flood", claim, MacAddress.BROADCAST);
        }

        Awaiting.until(hosts.kernel(), near, "the end of the flood", () -> sightings.missed > 0);

        assertThat(sightings.seen.size() + sightings.missed).isLessThanOrEqualTo(2_000);
    }

    @Test
    void whileTheLinkIsDownSendingFailsAndCanBeRetried() throws Exception {
        hosts.near("link set near0 down");

        assertThatThrownBy(() -> near.announce(VIP))
                .hasMessage("announce 192.168.50.10 on near0: ENETDOWN (Network is down)")
                .asInstanceOf(type(KernelException.class))
                .satisfies(failure -> assertThat(failure.errno()).contains(Errno.ENETDOWN))
                .satisfies(failure -> assertThat(failure.isPassing()).isTrue());
        assertThat(near.receive()).isTrue();

        hosts.near("link set near0 up");
        hosts.awaitRunning();
        near.probe(FAR);
        awaitSightings(1);
    }

    @Test
    void whenTheLinkIsGoneSendingFailsForGood() throws Exception {
        hosts.near("link del near0");

        assertThatThrownBy(() -> near.probe(VIP))
                .asInstanceOf(type(KernelException.class))
                .satisfies(failure -> assertThat(failure.isPassing()).isFalse());
        assertThat(near.receive()).isTrue();
    }

    @Test
    void aClosedSocketSaysSo() throws Exception {
        near.close();

        assertThatThrownBy(() -> near.probe(VIP)).isInstanceOf(KernelException.class);
    }

    @Test
    void aLinkThatIsNoEthernetIsRefused() throws Exception {
        Link loopback = hosts.link("lo");

        assertThatThrownBy(() -> new ArpSocket(hosts.kernel(), loopback, List.of(VIP), sightings))
                .hasMessage("open a packet socket on lo: the link is no Ethernet");
    }

    @Test
    void onlyItsOwnAddressesAreSpokenOf() {
        assertThatThrownBy(() -> near.announce(OTHER)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aLinkThatIsNotThereIsRefused() {
        Link unknown = new Link(999, "eth9", Optional.empty(), 1500, 0);

        assertThatThrownBy(() -> new ArpSocket(hosts.kernel(), unknown, List.of(VIP), sightings))
                .hasMessage("bind a packet socket on eth9: ENODEV (No such device)");
    }
}
