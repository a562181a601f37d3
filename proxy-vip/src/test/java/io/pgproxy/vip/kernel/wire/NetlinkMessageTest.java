package io.pgproxy.vip.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetlinkMessageTest {
    private static final String DONE = "14000000 0300 0200 05000000 00100000 00000000";

    @Test
    void readsTheHeader() {
        NetlinkMessage message = NetlinkMessages.only(DONE);

        assertThat(message.type()).isEqualTo(NetlinkMessage.DONE);
        assertThat(message.flags()).isEqualTo(2);
        assertThat(message.sequence()).isEqualTo(5);
        assertThat(message.port()).isEqualTo(4096);
        assertThat(message.body().remaining()).isEqualTo(4);
    }

    @Test
    void theNextBeginsAtAMultipleOfFour() {
        assertThat(NetlinkMessages.all("11000000 1000 0000 01000000 00000000 ff 000000", DONE))
                .extracting(NetlinkMessage::type)
                .containsExactly(16, 3);
    }

    @Test
    void theLastNeedsNoPadding() {
        assertThat(NetlinkMessages.all("11000000 1000 0000 01000000 00000000 ff"))
                .hasSize(1);
    }

    @Test
    void nothingIsNoMessages() {
        assertThat(NetlinkMessages.all("")).isEmpty();
    }

    @Test
    void everyReaderOfABodyBeginsAtItsStart() {
        NetlinkMessage message = NetlinkMessages.only("14000000 0200 0000 01000000 00000000 ffffffff");

        assertThat(message.body().getInt()).isEqualTo(-1);
        assertThat(message.body().getInt()).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource({
        "half a header,               14000000 0300",
        "shorter than its header,     0f000000 0300 0200 05000000 00100000 00000000",
        "of no length,                00000000 0300 0200 05000000 00100000 00000000",
        "of less than no length,      f0ffffff 0300 0200 05000000 00100000 00000000",
        "of the greatest length,      ffffff7f 0300 0200 05000000 00100000 00000000",
        "longer than what there is,   15000000 0300 0200 05000000 00100000 00000000",
        "followed by half a header,   14000000 0300 0200 05000000 00100000 00000000 14000000",
    })
    void aDatagramIsNotTrustedWithAMessage(String what, String datagram) {
        assertThat(NetlinkMessage.split(Bytes.buffer(datagram))).as(what).isEmpty();
    }
}
