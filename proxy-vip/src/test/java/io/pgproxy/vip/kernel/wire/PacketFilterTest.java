package io.pgproxy.vip.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproxy.vip.kernel.wire.NeighbourPacket.Kind;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PacketFilterTest {
    private static final MacAddress MAC = Bytes.mac("02:00:00:00:00:0c");
    private static final Inet4Address VIP = Bytes.ipv4("192.168.50.10");
    private static final Inet4Address OTHER = Bytes.ipv4("192.168.50.12");
    private static final Inet6Address VIP6 = Bytes.ipv6("fd00:50::10");
    private static final Inet6Address OTHER6 = Bytes.ipv6("fd00:50::12");
    private static final PacketFilter ARP = PacketFilter.arp(List.of(Bytes.ipv4("192.168.50.9"), VIP));
    private static final PacketFilter DISCOVERY =
            PacketFilter.neighbourDiscovery(List.of(Bytes.ipv6("fd00:50::9"), VIP6));

    private static boolean passes(PacketFilter filter, byte[] packet) {
        return ClassicBpf.run(filter.bytes(), packet) > 0;
    }

    @Test
    void letsThroughWhoClaimsTheAddress() {
        assertThat(passes(ARP, ArpFrame.announceByRequest(MAC, VIP).bytes())).isTrue();
        assertThat(passes(ARP, ArpFrame.announceByReply(MAC, VIP).bytes())).isTrue();
    }

    @Test
    void letsThroughWhoProbesForTheAddress() {
        assertThat(passes(ARP, ArpFrame.probe(MAC, VIP).bytes())).isTrue();
    }

    @Test
    void dropsTheManyThatAskWhereTheAddressIs() {
        ArpFrame question = new ArpFrame(ArpFrame.REQUEST, MAC, OTHER, MacAddress.NONE, VIP);

        assertThat(passes(ARP, question.bytes())).isFalse();
    }

    @Test
    void dropsWhatIsAboutOtherAddresses() {
        assertThat(passes(ARP, ArpFrame.announceByRequest(MAC, OTHER).bytes())).isFalse();
        assertThat(passes(ARP, ArpFrame.probe(MAC, OTHER).bytes())).isFalse();
    }

    @Test
    void dropsFramesThatAreCutOff() {
        assertThat(passes(ARP, Bytes.of("0001 0800 06 04 0001 02000000000c c0a8")))
                .isFalse();
    }

    @Test
    void letsThroughAdvertisementsOfTheAddress() {
        assertThat(passes(DISCOVERY, NeighbourPacket.announce(MAC, VIP6).bytes()))
                .isTrue();
    }

    @Test
    void letsThroughProbesForTheIpv6Address() {
        assertThat(passes(DISCOVERY, NeighbourPacket.probe(VIP6).bytes())).isTrue();
    }

    @Test
    void letsThroughWhoAsksFromTheAddress() {
        NeighbourPacket question = new NeighbourPacket(
                Kind.SOLICITATION, VIP6, NeighbourPacket.solicitedNode(OTHER6), OTHER6, Optional.of(MAC));

        assertThat(passes(DISCOVERY, question.bytes())).isTrue();
    }

    @Test
    void dropsDiscoveryOfOtherAddresses() {
        assertThat(passes(DISCOVERY, NeighbourPacket.announce(MAC, OTHER6).bytes()))
                .isFalse();
    }

    @Test
    void dropsWhatIsNoNeighbourDiscovery() {
        byte[] packet = NeighbourPacket.announce(MAC, VIP6).bytes();
        packet[40] = (byte) 128; // an echo request
        assertThat(passes(DISCOVERY, packet)).isFalse();

        byte[] udp = NeighbourPacket.announce(MAC, VIP6).bytes();
        udp[6] = 17;
        assertThat(passes(DISCOVERY, udp)).isFalse();
    }

    @Test
    void looksAtEveryAddressOfMany() {
        List<Inet6Address> addresses = new ArrayList<>(Collections.nCopies(PacketFilter.MAX_ADDRESSES - 1, OTHER6));
        addresses.add(VIP6);
        PacketFilter filter = PacketFilter.neighbourDiscovery(addresses);

        assertThat(passes(filter, NeighbourPacket.announce(MAC, VIP6).bytes())).isTrue();
    }

    @Test
    void hasRoomForSoManyAddressesAndNotMore() {
        List<Inet4Address> tooMany = Collections.nCopies(PacketFilter.MAX_ADDRESSES + 1, VIP);

        assertThatThrownBy(() -> PacketFilter.arp(tooMany)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PacketFilter.arp(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void cutsOffWhatIsTooLong() {
        assertThat(ClassicBpf.run(ARP.bytes(), ArpFrame.probe(MAC, VIP).bytes()))
                .isEqualTo(PacketFilter.MAX_PACKET_BYTES);
    }
}
