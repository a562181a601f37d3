package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgproxy.core.FirstPacket.Kind;
import java.io.IOException;
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
            assertFollows(last, verdict, received);
            assertThat(FirstPacket.of(inTwoPieces(andMore, received / 2, received)))
                    .isEqualTo(verdict);
            last = verdict;
        }
        FirstPacket verdict = FirstPacket.of(Unpooled.wrappedBuffer(andMore));
        assertFollows(last, verdict, andMore.length);
        assertThat(verdict.kind()).isNotEqualTo(Kind.INCOMPLETE);
    }

    private static void assertFollows(FirstPacket before, FirstPacket now, int received) {
        assertThat(now.length()).isBetween(0, received);
        switch (before.kind()) {
            case INCOMPLETE -> assertThat(before.length()).isZero();
            case GARBAGE, SSL_REQUEST, GSSENC_REQUEST, CANCEL_REQUEST, STARTUP_MESSAGE, DIRECT_TLS, PROXY_HEADER ->
                assertThat(now).isEqualTo(before);
        }
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
}
