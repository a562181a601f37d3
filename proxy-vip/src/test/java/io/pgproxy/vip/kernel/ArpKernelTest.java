package io.pgproxy.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.vip.kernel.wire.ArpFrame;
import io.pgproxy.vip.kernel.wire.MacAddress;
import io.pgproxy.vip.kernel.wire.PacketFilter;
import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArpKernelTest extends NeighbourhoodFacts<Inet4Address> {
    private static final Inet4Address VIP = (Inet4Address) Addresses.of("192.168.50.10");
    private static final Inet4Address FAR = (Inet4Address) Addresses.of("192.168.50.12");
    private static final Inet4Address OTHER = (Inet4Address) Addresses.of("192.168.50.77");

    ArpKernelTest() {
        super(new Arp(), VIP, FAR, 2);
    }

    @Override
    void farTakesTheAddress() throws Exception {
        hosts.far("addr add 192.168.50.10/32 dev far0");
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
            farKnowsAnotherMac();

            socket.send("announce", form.bytes(), MacAddress.BROADCAST);

            hosts.awaitFar("neigh show 192.168.50.10", "lladdr " + TwoHosts.NEAR_MAC);
        }
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
        PacketSocket far = farSocket();
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
}
