package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgproxy.core.FirstPacket.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FirstPacketTest {
    private static final int VERSION_3_2 = 196610;
    private static final int VERSION_3_9999 = (3 << 16) + 9999;

    private static FirstPacket of(byte[] bytes) {
        return FirstPacket.of(Unpooled.wrappedBuffer(bytes));
    }

    private static byte[] header(int length, int code) {
        return ByteBuffer.allocate(8).putInt(length).putInt(code).array();
    }

    static Stream<Arguments> wholePackets() {
        return Stream.of(
                Arguments.of(Packets.sslRequest(), Kind.SSL_REQUEST),
                Arguments.of(new byte[] {0x16, 3, 1, 0, 3, 1, 2, 3}, Kind.DIRECT_TLS),
                Arguments.of("PROXY ".getBytes(StandardCharsets.US_ASCII), Kind.PROXY_HEADER),
                Arguments.of("\r\n\r\n\0\r\nQUIT\n".getBytes(StandardCharsets.US_ASCII), Kind.PROXY_HEADER),
                Arguments.of(Packets.gssencRequest(), Kind.GSSENC_REQUEST),
                Arguments.of(Packets.cancel(1, 4), Kind.CANCEL_REQUEST),
                Arguments.of(Packets.cancel(-1, 32), Kind.CANCEL_REQUEST),
                Arguments.of(Packets.cancel(1, 256), Kind.CANCEL_REQUEST),
                Arguments.of(Packets.startup("app"), Kind.STARTUP_MESSAGE),
                Arguments.of(Packets.packet(VERSION_3_2, new byte[] {0}), Kind.STARTUP_MESSAGE),
                Arguments.of(Packets.packet(VERSION_3_9999, new byte[] {0}), Kind.STARTUP_MESSAGE),
                Arguments.of(Packets.packet(2 << 16, new byte[292]), Kind.STARTUP_MESSAGE),
                Arguments.of(Packets.packet(-1, new byte[0]), Kind.STARTUP_MESSAGE));
    }

    @ParameterizedTest
    @MethodSource("wholePackets")
    void knowsEachKind(byte[] packet, Kind kind) {
        assertThat(of(packet)).isEqualTo(new FirstPacket(kind, packet.length));
    }

    @ParameterizedTest
    @MethodSource("wholePackets")
    void everyBeginningIsIncomplete(byte[] packet, Kind kind) {
        for (int length = 0; length < packet.length; length++) {
            assertThat(of(Arrays.copyOf(packet, length)))
                    .as("%d bytes of %s", length, kind)
                    .isEqualTo(new FirstPacket(Kind.INCOMPLETE, 0));
        }
    }

    @ParameterizedTest
    @MethodSource("wholePackets")
    void lengthLeavesOutWhatFollows(byte[] packet, Kind kind) {
        assertThat(of(Arrays.copyOf(packet, packet.length + 3))).isEqualTo(new FirstPacket(kind, packet.length));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 7, 10_005, 65_536, Integer.MAX_VALUE, -1, -8, Integer.MIN_VALUE})
    void lengthsOutOfBoundsAreGarbage(int length) {
        assertThat(of(header(length, Packets.VERSION_3_0)).kind()).isEqualTo(Kind.GARBAGE);
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 10_003, 10_004})
    void lengthsWithinBoundsAreWaitedFor(int length) {
        assertThat(of(header(length, Packets.VERSION_3_0)).kind()).isEqualTo(Kind.INCOMPLETE);
    }

    @Test
    void shortestStartupMessageIsItsHeader() {
        assertThat(of(header(8, Packets.VERSION_3_0))).isEqualTo(new FirstPacket(Kind.STARTUP_MESSAGE, 8));
    }

    @Test
    void longestStartupMessageIsWhole() {
        byte[] longest = Packets.packet(Packets.VERSION_3_0, new byte[9_996]);
        assertThat(of(longest)).isEqualTo(new FirstPacket(Kind.STARTUP_MESSAGE, 10_004));
    }

    @ParameterizedTest
    @CsvSource({"15,GARBAGE", "16,INCOMPLETE", "268,INCOMPLETE", "269,GARBAGE"})
    void cancelKeysAreFourTo256Bytes(int length, Kind kind) {
        assertThat(of(header(length, Packets.CANCEL)).kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @ValueSource(ints = {Packets.SSL, Packets.GSSENC})
    void requestForEncryptionIsItsHeaderAlone(int code) {
        assertThat(of(header(9, code)).kind()).isEqualTo(Kind.GARBAGE);
    }

    @ParameterizedTest
    @ValueSource(bytes = {1, 'G', 0x15, 0x17, -1})
    void firstByteOtherThanZeroIsEnoughToKnow(byte first) {
        assertThat(of(new byte[] {first}).kind()).isEqualTo(Kind.GARBAGE);
    }

    @ParameterizedTest
    @CsvSource({
        "22,3,1,0,0,GARBAGE",
        "22,3,3,0,1,INCOMPLETE",
        "22,3,1,65,0,INCOMPLETE",
        "22,3,1,65,1,GARBAGE",
        "22,2,0,0,9,GARBAGE",
        "22,4,0,0,9,GARBAGE"
    })
    void tlsRecordHasAVersionAndALengthWithinBounds(byte type, byte major, byte minor, byte high, byte low, Kind kind) {
        assertThat(of(new byte[] {type, major, minor, high, low}).kind()).isEqualTo(kind);
    }

    @Test
    void longestTlsRecordIsWhole() {
        byte[] longest = new byte[5 + 16_640];
        ByteBuffer.wrap(longest).put((byte) 0x16).put((byte) 3).put((byte) 1).putShort((short) 16_640);
        assertThat(of(longest)).isEqualTo(new FirstPacket(Kind.DIRECT_TLS, longest.length));
    }

    static Stream<Arguments> helloes() {
        byte[] whole = Packets.clientHello();
        return Stream.of(
                Arguments.of("in one record", whole, true),
                Arguments.of("with a second message behind it", record(0x16, 1, 0, 0, 1, 9, 2, 0), true),
                Arguments.of("of nothing", record(0x16, 1, 0, 0, 0), true),
                Arguments.of("less its last byte", Arrays.copyOf(whole, whole.length - 1), false),
                Arguments.of("longer than its record", record(0x16, 1, 0, 0, 2, 9), false),
                Arguments.of("much longer than its record", record(0x16, 1, 1, 0, 1, 9), false),
                Arguments.of("less its length", record(0x16, 1, 0, 0), false),
                Arguments.of("in two records", both(record(0x16, 1, 0, 0), record(0x16, 1, 9)), true),
                Arguments.of(
                        "in two records, with another kind behind",
                        both(record(0x16, 1, 0, 0), record(20, 1, 9)),
                        false),
                Arguments.of(
                        "in a record and a header", both(record(0x16, 1, 0, 0), new byte[] {0x16, 3, 1, 0, 2}), false));
    }

    private static byte[] record(int type, int... body) {
        ByteBuffer record = ByteBuffer.allocate(5 + body.length)
                .put((byte) type)
                .put((byte) 3)
                .put((byte) 1)
                .putShort((short) body.length);
        Arrays.stream(body).forEach(b -> record.put((byte) b));
        return record.array();
    }

    private static byte[] both(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("helloes")
    void knowsWhetherATlsHelloIsWhole(String which, byte[] bytes, boolean whole) {
        ByteBuf readFrom = Unpooled.wrappedBuffer(new byte[] {9, 9}, bytes).skipBytes(2);
        assertThat(FirstPacket.isTlsHelloWhole(readFrom)).isEqualTo(whole);
    }

    @Test
    void looksBehindTheReaderIndex() {
        ByteBuf bytes = Unpooled.wrappedBuffer(new byte[] {9, 9}, Packets.sslRequest());
        bytes.skipBytes(2);
        assertThat(FirstPacket.of(bytes).kind()).isEqualTo(Kind.SSL_REQUEST);
    }

    @Test
    void movesNothing() {
        ByteBuf bytes = Unpooled.wrappedBuffer(Packets.startup("app"));
        FirstPacket.of(bytes);
        assertThat(bytes.readerIndex()).isZero();
    }

    /** A verdict once given never changes with more bytes, and a length never promises more than has come. */
    @Test
    void randomBytesGetOneVerdict() {
        Random random = new Random(20_261_123);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            if (bytes.length > 8 && random.nextBoolean()) {
                ByteBuffer.wrap(bytes).putInt(random.nextInt(80)).putInt(80877100 + random.nextInt(6));
            }
            FirstPacket known = new FirstPacket(Kind.INCOMPLETE, 0);
            for (int length = 0; length <= bytes.length; length++) {
                FirstPacket now = of(Arrays.copyOf(bytes, length));
                assertThat(now.length()).isBetween(0, length);
                if (known.kind() != Kind.INCOMPLETE) {
                    assertThat(now.kind()).isEqualTo(known.kind());
                }
                known = now;
            }
        }
    }
}
