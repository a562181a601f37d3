package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgproxy.core.FirstPacket.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
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
        check(verdict.kind() != Kind.INCOMPLETE, "waits for more than the longest has", verdict);
        checkByTheBook(verdict, ByteBuffer.wrap(andMore));
    }

    private static void checkFollows(FirstPacket before, FirstPacket now, int received) {
        check(now.length() >= 0 && now.length() <= received, "longer than what came", now);
        switch (before.kind()) {
            case INCOMPLETE -> check(before.length() == 0, "has a length", before);
            case GARBAGE, SSL_REQUEST, GSSENC_REQUEST, CANCEL_REQUEST, STARTUP_MESSAGE, DIRECT_TLS, PROXY_HEADER ->
                check(now.equals(before), "was taken back", before);
        }
    }

    /** What PostgreSQL's documentation says of the sizes, written here anew: no more may wait for its rest or be kept. */
    private static void checkByTheBook(FirstPacket verdict, ByteBuffer bytes) {
        int length = verdict.length();
        switch (verdict.kind()) {
            case SSL_REQUEST, GSSENC_REQUEST -> check(length == 8, "of that length", verdict);
            case CANCEL_REQUEST -> check(length >= 16 && length <= 268, "of that length", verdict);
            case STARTUP_MESSAGE -> check(length >= 8 && length <= 10_004, "of that length", verdict);
            case DIRECT_TLS -> check(length > 5 && length <= LONGEST, "of that length", verdict);
            case PROXY_HEADER -> check(length == 6 || length == 12, "of that length", verdict);
            case GARBAGE, INCOMPLETE -> check(length == 0, "of that length", verdict);
        }
        boolean isPacket = length > 0 && verdict.kind() != Kind.DIRECT_TLS && verdict.kind() != Kind.PROXY_HEADER;
        check(!isPacket || bytes.getInt(0) == length, "not as long as it says", verdict);
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
