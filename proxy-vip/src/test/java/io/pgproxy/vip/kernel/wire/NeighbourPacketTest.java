package io.pgproxy.vip.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.vip.kernel.wire.NeighbourPacket.Kind;
import java.net.Inet6Address;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Laid out as RFC 8200, 3 and RFC 4861, 4.3 to 4.6 draw it. */
class NeighbourPacketTest {
    private static final Inet6Address VIP = Bytes.ipv6("fd00:50::10");
    private static final MacAddress MAC = Bytes.mac("02:00:00:00:00:0b");

    private static final String NOBODY = "00000000 00000000 00000000 00000000";
    private static final String VIP_BYTES = "fd000050 00000000 00000000 00000010";
    private static final String ALL_NODES = "ff020000 00000000 00000000 00000001";
    private static final String SOLICITED_NODE = "ff020000 00000000 00000001 ff000010";

    @Test
    void probesFromNobodyToTheHoldersGroup() {
        assertThat(Bytes.text(NeighbourPacket.probe(VIP).bytes()))
                .isEqualTo(Bytes.text(
                        Bytes.of("60000000 0018 3a ff", NOBODY, SOLICITED_NODE, "87 00 7d37 00000000", VIP_BYTES)));
    }

    /** Linux 6.18 answers {@link #probesFromNobodyToTheHoldersGroup()} with the same bytes. */
    @Test
    void announcesToAllNodesAndOverridesWhatTheyBelieved() {
        assertThat(Bytes.text(NeighbourPacket.announce(MAC, VIP).bytes()))
                .isEqualTo(Bytes.text(Bytes.of(
                        "60000000 0020 3a ff",
                        VIP_BYTES,
                        ALL_NODES,
                        "88 00 59d3 20000000",
                        VIP_BYTES,
                        "02 01 02000000000b")));
    }

    @Test
    void aGroupHasAMacOfItsOwn() {
        assertThat(NeighbourPacket.groupMac(NeighbourPacket.solicitedNode(VIP))).hasToString("33:33:ff:00:00:10");
    }

    @Test
    void readsWhatItWrites() {
        assertThat(NeighbourPacket.read(
                        ByteBuffer.wrap(NeighbourPacket.probe(VIP).bytes())))
                .contains(NeighbourPacket.probe(VIP));
        assertThat(NeighbourPacket.read(
                        ByteBuffer.wrap(NeighbourPacket.announce(MAC, VIP).bytes())))
                .contains(NeighbourPacket.announce(MAC, VIP));
    }

    @Test
    void readsPastOptionsThatItDoesNotKnow() {
        ByteBuffer withNonce =
                packet("ff", ALL_NODES, "88 00", "20000000", VIP_BYTES, "0e 01 010203040506", "02 01 02000000000c");

        assertThat(NeighbourPacket.read(withNonce).flatMap(NeighbourPacket::mac))
                .contains(Bytes.mac("02:00:00:00:00:0c"));
    }

    /** What Linux 6.18 asks before it uses an address; the nonce is of RFC 7527. */
    @Test
    void readsTheKernelsOwnProbe() {
        ByteBuffer probe = Bytes.buffer(
                "60000000 0020 3a ff", NOBODY, SOLICITED_NODE, "87 00 77c5 00000000", VIP_BYTES, "0e01 193d689d758e");

        assertThat(NeighbourPacket.read(probe)).contains(NeighbourPacket.probe(VIP));
    }

    /** What Linux 6.18 sends when it joins the group of an address. */
    @Test
    void takesNothingOutOfAReportOfListeners() {
        ByteBuffer report = Bytes.buffer(
                "60000000 0024 00 01",
                NOBODY,
                "ff020000 00000000 00000000 00000016",
                "3a00 0502 0000 0100 8f00 6f7a 0000 0001 0400 0000",
                SOLICITED_NODE);

        assertThat(NeighbourPacket.read(report)).isEmpty();
    }

    @Test
    void anAnswerNeedNotSayItsMac() {
        ByteBuffer answer = packet("ff", VIP_BYTES, "88 00", "60000000", VIP_BYTES);

        assertThat(NeighbourPacket.read(answer))
                .contains(
                        new NeighbourPacket(Kind.ADVERTISEMENT, Bytes.ipv6("fd00:50::12"), VIP, VIP, Optional.empty()));
    }

    @Test
    void takesNothingOutOfAPacketCutOffAnywhere() {
        byte[] whole = NeighbourPacket.announce(MAC, VIP).bytes();

        for (int length = 0; length < whole.length; length++) {
            assertThat(NeighbourPacket.read(ByteBuffer.wrap(whole, 0, length)))
                    .as("%d bytes", length)
                    .isEmpty();
        }
    }

    @Test
    void takesNothingOutOfAPacketWithABitChanged() {
        byte[] packet = NeighbourPacket.announce(MAC, VIP).bytes();

        for (int bit = 8 * 8; bit < 8 * packet.length; bit++) { // all that the checksum is of
            packet[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(NeighbourPacket.read(ByteBuffer.wrap(packet)))
                    .as("bit %d", bit)
                    .isEmpty();
            packet[bit / 8] ^= (byte) (1 << (bit % 8));
        }
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "from beyond a router,          fe, " + ALL_NODES + ", 88 00, 20000000, " + VIP_BYTES + ", ''",
                "of another type,               ff, " + ALL_NODES + ", 86 00, 20000000, " + VIP_BYTES + ", ''",
                "with a code,                   ff, " + ALL_NODES + ", 88 01, 20000000, " + VIP_BYTES + ", ''",
                "about a group,                 ff, " + ALL_NODES + ", 88 00, 20000000, " + ALL_NODES + ", ''",
                "that answers all nodes,        ff, " + ALL_NODES + ", 88 00, 60000000, " + VIP_BYTES + ", ''",
                "with an option of no length,   ff, " + ALL_NODES + ", 88 00, 20000000, " + VIP_BYTES
                        + ", 02 00 02000000000c",
                "with an option past its end,   ff, " + ALL_NODES + ", 88 00, 20000000, " + VIP_BYTES
                        + ", 02 02 02000000000c",
                "with half an option,           ff, " + ALL_NODES + ", 88 00, 20000000, " + VIP_BYTES + ", 02 01 0200",
            })
    void takesNothingOutOfAPacket(
            String what, String hopLimit, String destination, String type, String flags, String target, String option) {
        assertThat(NeighbourPacket.read(packet(hopLimit, destination, type, flags, target, option)))
                .as(what)
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "to one host,  " + VIP_BYTES + ", ''",
        "with a MAC,   " + SOLICITED_NODE + ", 01 01 02000000000c",
    })
    void nobodyMayNotAsk(String what, String destination, String option) {
        ByteBuffer probe =
                Bytes.buffer("60000000 0000 3a ff", NOBODY, destination, "87 00 0000 00000000", VIP_BYTES, option);

        assertThat(NeighbourPacket.read(summedUp(probe))).as(what).isEmpty();
    }

    /** From fd00:50::12, with its length and checksum filled in. */
    private static ByteBuffer packet(
            String hopLimit, String destination, String type, String flags, String target, String... options) {
        return summedUp(Bytes.buffer(
                "60000000 0000 3a",
                hopLimit,
                "fd000050 00000000 00000000 00000012",
                destination,
                type,
                "0000",
                flags,
                target,
                String.join("", options)));
    }

    static ByteBuffer summedUp(ByteBuffer packet) {
        int messageBytes = packet.remaining() - 40;
        packet.putShort(4, (short) messageBytes).putShort(42, (short) 0);
        int sum = InternetChecksum.of(
                IpAddresses.take6(packet.slice(8, 16)),
                IpAddresses.take6(packet.slice(24, 16)),
                NeighbourPacket.NEXT_HEADER_ICMPV6,
                packet.slice(40, messageBytes));
        return packet.putShort(42, (short) sum);
    }
}
