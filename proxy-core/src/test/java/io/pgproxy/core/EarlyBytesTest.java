package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

final class EarlyBytesTest {
    private final EarlyBytes bytes = new EarlyBytes();

    private static ByteBuf buffer(int... values) {
        ByteBuf buffer = Unpooled.buffer();
        for (int value : values) {
            buffer.writeByte(value);
        }
        return buffer;
    }

    @Test
    void keepsTheOrder() {
        bytes.add(buffer(1, 2));
        bytes.add(buffer(3));
        assertThat(ByteBufUtil.getBytes(bytes.view())).containsExactly(1, 2, 3);
    }

    @Test
    void releasesWhatItTakes() {
        ByteBuf taken = buffer(1);
        bytes.add(taken);
        assertThat(taken.refCnt()).isZero();
    }

    @Test
    void copyOutlivesWhatComesLater() {
        bytes.add(buffer(1));
        ByteBuf copy = bytes.copy();
        bytes.add(buffer(2, 3, 4, 5, 6, 7, 8, 9)); // makes the bytes move
        bytes.clear();
        assertThat(ByteBufUtil.getBytes(copy)).containsExactly(1);
        copy.release();
    }

    @Test
    void takenBytesAreHeldByTheTakerAlone() {
        bytes.add(buffer(1));
        ByteBuf taken = bytes.take();
        bytes.clear();
        assertThat(taken.refCnt()).isEqualTo(1);
        taken.release();
    }

    @Test
    void nothingIsLeftAfterTaking() {
        bytes.add(buffer(1));
        bytes.take().release();
        assertThat(bytes.length()).isZero();
    }

    @Test
    void canBeginAnew() {
        bytes.add(buffer(1));
        bytes.clear();
        bytes.add(buffer(2));
        assertThat(ByteBufUtil.getBytes(bytes.view())).containsExactly(2);
    }

    @Test
    void clearingNothingDoesNothing() {
        bytes.clear();
        bytes.clear();
        assertThat(bytes.length()).isZero();
    }
}
