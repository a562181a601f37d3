package io.pgproxy.vip.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class MacAddressTest {
    @Test
    void isWrittenAsPeopleWriteIt() {
        assertThat(MacAddress.take(Bytes.buffer("fe01 0203 0a0b"))).hasToString("fe:01:02:03:0a:0b");
    }

    @Test
    void goesBackToItsBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(6);

        MacAddress.BROADCAST.put(bytes);

        assertThat(bytes.array()).isEqualTo(Bytes.of("ffffffffffff"));
    }

    @Test
    void hasNoMoreThanSixBytes() {
        assertThatThrownBy(() -> new MacAddress(1L << 48)).isInstanceOf(IllegalArgumentException.class);
    }
}
