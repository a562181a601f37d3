package io.pgproxy.vip.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Laid out as RFC 826 draws it; the forms of announcing as in RFC 5227 and arp_is_garp of net/ipv4/arp.c. */
class ArpFrameTest {
    private static final MacAddress MAC = Bytes.mac("02:00:00:00:00:0b");
    private static final Inet4Address VIP = Bytes.ipv4("192.168.50.10");

    private static final String REQUEST = "0001 0800 06 04 0001";
    private static final String REPLY = "0001 0800 06 04 0002";

    @Test
    void probesFromNobody() {
        assertThat(ArpFrame.probe(MAC, VIP).bytes())
                .isEqualTo(Bytes.of(REQUEST, "02000000000b 00000000", "000000000000 c0a8320a"));
    }

    /** Linux 6.18 itself announces a new address with the same bytes when arp_notify is on. */
    @Test
    void announcesByARequestForItsOwnAddress() {
        assertThat(ArpFrame.announceByRequest(MAC, VIP).bytes())
                .isEqualTo(Bytes.of(REQUEST, "02000000000b c0a8320a", "000000000000 c0a8320a"));
    }

    @Test
    void announcesByAReplyToItself() {
        assertThat(ArpFrame.announceByReply(MAC, VIP).bytes())
                .isEqualTo(Bytes.of(REPLY, "02000000000b c0a8320a", "02000000000b c0a8320a"));
    }

    @Test
    void readsWhoClaimsWhat() {
        ByteBuffer reply = Bytes.buffer(REPLY, "02000000000c c0a8320a", "02000000000b 00000000");

        assertThat(ArpFrame.read(reply))
                .contains(
                        new ArpFrame(ArpFrame.REPLY, Bytes.mac("02:00:00:00:00:0c"), VIP, MAC, Bytes.ipv4("0.0.0.0")));
    }

    /** What Linux 6.18 answers to {@link #probesFromNobody()}. */
    @Test
    void readsAHoldersAnswerToAProbe() {
        ByteBuffer answer = Bytes.buffer(REPLY, "02000000000b c0a8320a", "02000000000c 00000000");

        assertThat(ArpFrame.read(answer)).hasValueSatisfying(frame -> {
            assertThat(frame.senderMac()).isEqualTo(MAC);
            assertThat(frame.senderAddress()).isEqualTo(VIP);
            assertThat(frame.isProbe()).isFalse();
        });
    }

    @Test
    void readsPastTheEndOfAShortEthernetFrame() {
        byte[] padded = Arrays.copyOf(ArpFrame.probe(MAC, VIP).bytes(), 46);

        assertThat(ArpFrame.read(ByteBuffer.wrap(padded))).contains(ArpFrame.probe(MAC, VIP));
    }

    @Test
    void readsFromWhereTheBufferStands() {
        ByteBuffer behindAHeader = Bytes.buffer(
                "ffff", HexFormat.of().formatHex(ArpFrame.probe(MAC, VIP).bytes()));

        assertThat(ArpFrame.read(behindAHeader.position(2))).contains(ArpFrame.probe(MAC, VIP));
    }

    @Test
    void takesNothingOutOfAFrameCutOffAnywhere() {
        byte[] whole = ArpFrame.announceByReply(MAC, VIP).bytes();

        for (int length = 0; length < whole.length; length++) {
            assertThat(ArpFrame.read(ByteBuffer.wrap(whole, 0, length)))
                    .as("%d bytes", length)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "of InfiniBand,       0020 0800 06 04 0001",
        "for IPv6,            0001 86dd 06 04 0001",
        "with longer MACs,    0001 0800 08 04 0001",
        "with no MACs,        0001 0800 00 04 0001",
        "with longer IPs,     0001 0800 06 10 0001",
    })
    void takesNothingOutOfAFrame(String what, String header) {
        ByteBuffer frame = Bytes.buffer(header, "02000000000b c0a8320a", "000000000000 c0a8320a", "00".repeat(40));

        assertThat(ArpFrame.read(frame)).as(what).isEmpty();
    }

    @Test
    void knowsAProbeFromAnAnnouncement() {
        assertThat(ArpFrame.probe(MAC, VIP).isProbe()).isTrue();
        assertThat(ArpFrame.announceByRequest(MAC, VIP).isProbe()).isFalse();
        assertThat(ArpFrame.announceByReply(MAC, VIP).isProbe()).isFalse();
    }
}
