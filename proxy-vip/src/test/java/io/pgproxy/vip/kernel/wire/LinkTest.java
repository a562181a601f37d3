package io.pgproxy.vip.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinkTest {
    private static final String NAME = "0900 0300 65746830 00 000000";

    private static NetlinkMessage message(String fixed, String attributes) {
        byte[] body = Bytes.of(fixed, attributes);
        return NetlinkMessages.only(
                String.format("%02x000000 1000 0000 00000000 00000000", 16 + body.length), Bytes.text(body));
    }

    /** What Linux 6.18 says of one end of a pair of virtual cards, 1,496 bytes kept with the fuzzer's inputs. */
    @Test
    void readsTheKernelsNews() throws IOException {
        NetlinkMessage message =
                NetlinkMessages.only(Files.readAllBytes(Path.of("src/test/fuzz/netlink-message/kernel-link")));

        assertThat(Link.read(message))
                .contains(new Link(2, "far0", Optional.of(Bytes.mac("02:00:00:00:00:0c")), 1500, 0x1_1043));
    }

    @Test
    void aLinkWithoutAMacHasNone() {
        assertThat(Link.read(message("00 00 feff 05000000 d1000000 00000000", NAME + "0800 0100 00000000"))
                        .map(Link::mac)
                        .orElseThrow())
                .isEmpty();
    }

    /** IFF_UP 1, IFF_LOOPBACK 8, IFF_RUNNING 0x40, IFF_LOWER_UP 0x10000. */
    @ParameterizedTest
    @CsvSource({
        "00000000, false, false, false",
        "01000000, true,  false, false",
        "01000100, true,  true,  false",
        "41000100, true,  true,  true",
    })
    void knowsHowFarItIsUp(String flags, boolean up, boolean carrier, boolean running) {
        Link link = Link.read(message("00 00 0100 05000000" + flags + "00000000", NAME))
                .orElseThrow();

        assertThat(link.isUp()).isEqualTo(up);
        assertThat(link.hasCarrier()).isEqualTo(carrier);
        assertThat(link.isRunning()).isEqualTo(running);
    }

    @Test
    void whatABridgeSaysOfItsPortIsNotAboutTheLink() {
        assertThat(Link.read(message("07 00 0100 05000000 43100100 00000000", NAME)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "shorter than its fixed part,    00 00 0100 05000000 43100100, ''",
        "without a name,                 00 00 0100 05000000 43100100 00000000, 0800 0400 dc050000",
        "with an attribute past its end, 00 00 0100 05000000 43100100 00000000, 0a00 0300 65746830 00",
    })
    void nothingIsTakenOutOfAMessage(String what, String fixed, String attributes) {
        assertThat(Link.read(message(fixed, attributes))).as(what).isEmpty();
    }
}
