package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgproxy.core.FirstPacket.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever bytes come, and in whatever pieces, the verdict on them is one, and none is taken back. */
public class FirstPacketFuzzTest {
    /** With so many more bytes after it, every packet that is not refused is whole. */
    private static final int LONGEST = 5 + FirstPacket.MAX_TLS_RECORD_BYTES;

    private static final FirstPacket GARBAGE = new FirstPacket(Kind.GARBAGE, 0);

    static List<Path> keptInputs() throws IOException {
        try (Stream<Path> inputs = Files.list(Path.of("src/test/fuzz/first-packet"))) {
            return inputs.toList();
        }
    }

    @ParameterizedTest
    @MethodSource("keptInputs")
    void holdsForTheKeptInputs(Path input) throws IOException {
        fuzzerTestOneInput(Files.readAllBytes(input));
    }

    /** Called first by {@code lab/fuzz}: the time in which the classes are loaded is not that of the first input. */
    public static void fuzzerInitialize() {
        fuzzerTestOneInput(Packets.startup("app"));
    }

    /** Run by {@code lab/fuzz} with inputs that it makes up. */
    public static void fuzzerTestOneInput(byte[] input) {
        byte[] andMore = Arrays.copyOf(input, input.length + LONGEST);
        FirstPacket last = new FirstPacket(Kind.INCOMPLETE, 0);
        for (int received = 0; received <= input.length; received++) {
            FirstPacket verdict = FirstPacket.of(Unpooled.wrappedBuffer(andMore, 0, received));
            checkFollows(last, verdict, received);
            FirstPacket inPieces = FirstPacket.of(inTwoPieces(andMore, received / 2, received));
            check(inPieces.equals(verdict), "in pieces it is something else", verdict);
            last = verdict;
        }
        FirstPacket verdict = FirstPacket.of(Unpooled.wrappedBuffer(andMore));
        checkFollows(last, verdict, andMore.length);
        check(verdict.equals(byTheBook(andMore)), "not what the documentation says", verdict);
    }

    private static void checkFollows(FirstPacket before, FirstPacket now, int received) {
        check(now.length() >= 0 && now.length() <= received, "longer than what came", now);
        switch (before.kind()) {
            case INCOMPLETE -> check(before.length() == 0, "has a length", before);
            case GARBAGE, SSL_REQUEST, GSSENC_REQUEST, CANCEL_REQUEST, STARTUP_MESSAGE, DIRECT_TLS, PROXY_HEADER ->
                check(now.equals(before), "was taken back", before);
        }
    }

    /** What the documentation says of the bytes, written here anew; there are enough of them. */
    private static FirstPacket byTheBook(byte[] bytes) {
        String text = new String(bytes, 0, 12, StandardCharsets.ISO_8859_1);
        if (text.startsWith("PROXY ")) {
            return new FirstPacket(Kind.PROXY_HEADER, 6);
        }
        if (text.startsWith("\r\n\r\n\0\r\nQUIT\n")) {
            return new FirstPacket(Kind.PROXY_HEADER, 12);
        }
        if (text.startsWith("\u0016\3")) {
            int record = ByteBuffer.wrap(bytes).getShort(3) & 0xffff;
            return record >= 1 && record <= 16_640 ? new FirstPacket(Kind.DIRECT_TLS, 5 + record) : GARBAGE;
        }
        int length = ByteBuffer.wrap(bytes).getInt(0);
        return switch (ByteBuffer.wrap(bytes).getInt(4)) {
            case Packets.SSL -> packet(Kind.SSL_REQUEST, length, 8, 8);
            case Packets.GSSENC -> packet(Kind.GSSENC_REQUEST, length, 8, 8);
            case Packets.CANCEL -> packet(Kind.CANCEL_REQUEST, length, 16, 268);
            default -> packet(Kind.STARTUP_MESSAGE, length, 8, 10_004);
        };
    }

    private static FirstPacket packet(Kind kind, int length, int shortest, int longest) {
        return length >= shortest && length <= longest ? new FirstPacket(kind, length) : GARBAGE;
    }

    /** As it lies in a buffer that has been read from before, and that has grown since. */
    private static ByteBuf inTwoPieces(byte[] bytes, int firstPiece, int length) {
        byte[] readBefore = {0x16, 0, 0, 0, 8};
        return Unpooled.wrappedBuffer(
                        Unpooled.wrappedBuffer(readBefore),
                        Unpooled.wrappedBuffer(bytes, 0, firstPiece),
                        Unpooled.wrappedBuffer(bytes, firstPiece, length - firstPiece))
                .skipBytes(readBefore.length);
    }

    private static void check(boolean holds, String otherwise, FirstPacket verdict) {
        if (!holds) {
            throw new AssertionError(otherwise + ": " + verdict);
        }
    }
}
