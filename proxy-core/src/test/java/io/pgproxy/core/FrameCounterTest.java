package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FrameCounterTest {
    private final FrameCounter frames = new FrameCounter();

    private boolean isBetweenMessagesAfter(byte... bytes) {
        frames.count(Unpooled.wrappedBuffer(bytes));
        return frames.isBetweenMessages();
    }

    private static byte[] header(int length) {
        return Unpooled.buffer(5).writeByte('D').writeInt(length).array();
    }

    @Test
    void streamThatHasNotBegunStandsBeforeAMessage() {
        assertThat(frames.isBetweenMessages()).isTrue();
    }

    @Test
    void wholeMessageEndsBetweenTwo() {
        assertThat(isBetweenMessagesAfter(Packets.authenticationOk())).isTrue();
    }

    @Test
    void everyPartOfAMessageIsWithinIt() {
        byte[] message = Packets.authenticationOk();
        for (int i = 0; i < message.length - 1; i++) {
            assertThat(isBetweenMessagesAfter(message[i]))
                    .as("after " + (i + 1) + " bytes")
                    .isFalse();
        }
        assertThat(isBetweenMessagesAfter(message[message.length - 1])).isTrue();
    }

    @Test
    void messageWithoutABodyIsItsHeader() {
        assertThat(isBetweenMessagesAfter(header(4))).isTrue();
    }

    /** A row with the very bytes that PostgreSQL ends with: ReadyForQuery. */
    @Test
    void bytesThatOnlyLookLikeAMessageProveNothing() {
        frames.count(Unpooled.wrappedBuffer(header(4 + 12)));
        assertThat(isBetweenMessagesAfter((byte) 'Z', (byte) 0, (byte) 0, (byte) 0, (byte) 5, (byte) 'I'))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 0, -1, Integer.MIN_VALUE, 0x4000_0000, Integer.MAX_VALUE})
    void lengthThatCannotBeTrueIsTheEndOfCounting(int length) {
        frames.count(Unpooled.wrappedBuffer(header(length)));
        assertThat(frames.isBetweenMessages()).isFalse();
        assertThat(isBetweenMessagesAfter(Packets.authenticationOk())).isFalse();
    }

    @Test
    void longestMessageIsCounted() {
        frames.count(Unpooled.wrappedBuffer(header(0x3fff_ffff)));
        assertThat(isBetweenMessagesAfter(new byte[1_000])).isFalse();
    }

    /** In protocol 2's form, the one thing that PostgreSQL sends so to a client of protocol 3 (report_fork_failure). */
    @Test
    void textOfAServerThatCannotForkIsNoMessage() {
        assertThat(isBetweenMessagesAfter(
                        "Ecould not fork new process for connection: x\n\0".getBytes(StandardCharsets.US_ASCII)))
                .isFalse();
        assertThat(isBetweenMessagesAfter(Packets.authenticationOk())).isFalse();
    }

    /** Whatever the bodies contain and wherever reads cut the stream. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void standsBetweenMessagesExactlyWhereTheyEnd(long seed) {
        Random random = new Random(seed);
        ByteBuf stream = Unpooled.buffer();
        Set<Integer> ends = new HashSet<>(Set.of(0));
        for (int i = 0; i < 500; i++) {
            byte[] body = new byte[random.nextInt(10) == 0 ? random.nextInt(2_000) : random.nextInt(12)];
            random.nextBytes(body);
            stream.writeByte(random.nextInt(256)).writeInt(4 + body.length).writeBytes(body);
            ends.add(stream.writerIndex());
        }
        while (stream.isReadable()) {
            int part = Math.min(stream.readableBytes(), 1 + random.nextInt(random.nextInt(20) == 0 ? 3_000 : 7));
            frames.count(stream.readSlice(part));
            assertThat(frames.isBetweenMessages())
                    .as("seed " + seed + ", after " + stream.readerIndex() + " bytes")
                    .isEqualTo(ends.contains(stream.readerIndex()));
        }
    }

    @Test
    void whatIsCountedStaysAsItIs() {
        ByteBuf bytes = Unpooled.wrappedBuffer(Packets.authenticationOk());
        frames.count(bytes);
        assertThat(bytes.readableBytes()).isEqualTo(Packets.authenticationOk().length);
    }

    @Test
    void countingAllocatesNothing() {
        ByteBuf rows = Unpooled.buffer();
        for (int i = 0; i < 1_000; i++) {
            rows.writeBytes(header(4 + 20)).writeZero(20);
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        long least = Long.MAX_VALUE; // the first rounds load classes
        for (int round = 0; round < 10; round++) {
            long before = threads.getThreadAllocatedBytes(self);
            frames.count(rows);
            least = Math.min(least, threads.getThreadAllocatedBytes(self) - before);
        }
        assertThat(least).isZero();
    }
}
