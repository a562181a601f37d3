package io.pgproxy.vip.peer;

import io.pgproxy.vip.KeptInputs;
import io.pgproxy.vip.peer.Decoded.Authentic;
import io.pgproxy.vip.peer.Decoded.Rejected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a stranger sends is rejected for a reason that can be printed, and whatever a member signs is rejected too or
 * is a message that is written with just these bytes.
 */
public class PeerCodecFuzzTest {
    private static final PeerCodec CODEC = Members.codec("main", Members.SECRET);
    private static final int LENGTH_AT = 6;

    static List<Path> keptInputs() throws IOException {
        return KeptInputs.of("peer-codec");
    }

    @ParameterizedTest
    @MethodSource("keptInputs")
    void holdsForTheKeptInputs(Path input) throws IOException {
        fuzzerTestOneInput(Files.readAllBytes(input));
    }

    /** Called first by {@code lab/fuzz}: the time in which the classes are loaded is not that of the first input. */
    public static void fuzzerInitialize() {
        byte[] hello = CODEC.encode(Members.HELLO);
        fuzzerTestOneInput(Arrays.copyOf(hello, hello.length - Signature.BYTES));
    }

    /** Run by {@code lab/fuzz} with inputs that it makes up: datagrams without their signature. */
    public static void fuzzerTestOneInput(byte[] input) {
        check(CODEC.decode(input) instanceof Rejected rejected && isPrintable(rejected), "a stranger was heard");
        if (input.length < LENGTH_AT + Short.BYTES) {
            return;
        }
        byte[] datagram = CODEC.signed(input);
        Decoded decoded = CODEC.decode(datagram);
        if (decoded instanceof Authentic authentic) {
            check(Arrays.equals(CODEC.encode(authentic.message()), datagram), "one message, two ways to write it");
        } else {
            check(decoded instanceof Rejected rejected && isPrintable(rejected), "a reason that can't be printed");
        }
    }

    private static boolean isPrintable(Rejected rejected) {
        return rejected.toString().chars().allMatch(c -> c >= ' ' && c <= '~');
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
