package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.LeakPresenceDetector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever comes where a PROXY header is due, and in whatever pieces: what reaches the backend is what came behind the
 * header and nothing else, the connection ends once and in the same way, everything is given back, and nothing is a
 * mistake of ours.
 */
public class ProxyHeaderFuzzTest {
    private static final int V2_FIXED_BYTES = 16;
    private static final int READ_BEFORE = 3;
    private static final Settings SETTINGS =
            new Settings().rules(new Rules().proxyProtocolFrom("10.0.0.0", 8).config());

    static List<Path> keptInputs() throws IOException {
        try (Stream<Path> inputs = Files.list(Path.of("src/test/fuzz/proxy-header"))) {
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
        fuzzerTestOneInput(ProxyHeaders.concat(new byte[1], ProxyHeaders.v1From("192.0.2.7"), Packets.startup("app")));
        fuzzerTestOneInput(ProxyHeaders.concat(new byte[1], ProxyHeaders.v2From("192.0.2.7"), Packets.sslRequest()));
    }

    /**
     * Run by {@code lab/fuzz} with inputs that it makes up: the first byte says how long the pieces are, the rest is
     * what the client sends.
     */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 2) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
        int pieceBytes = input[0] == 0 ? bytes.length : input[0] & 0xff;
        String whole = endOf(bytes, bytes.length, 0);
        String inPieces = endOf(bytes, pieceBytes, READ_BEFORE);
        check(inPieces.equals(whole), whole + " as a whole, " + inPieces + " in pieces of " + pieceBytes);
    }

    /** Lets a client send that and leave; how many bytes were read before of the buffers that it comes in, is all one. */
    private static String endOf(byte[] bytes, int pieceBytes, int readBefore) {
        OneLoop one = new OneLoop(SETTINGS);
        one.publish(Tables.goTo(1, OneLoop.PG1));
        EmbeddedChannel client = one.accept("10.0.0.9");
        ByteBuf all = Unpooled.wrappedBuffer(new byte[readBefore], bytes);
        int sent = 0;
        while (sent < bytes.length && client.isOpen()) {
            int next = Math.min(bytes.length, sent + pieceBytes);
            client.writeInbound(all.retainedDuplicate().setIndex(readBefore + sent, readBefore + next));
            one.turn();
            sent = next;
        }
        if (!one.dialer.dials.isEmpty()) {
            byte[] due = dueToBackend(Arrays.copyOf(bytes, sent), ends(one));
            check(
                    Arrays.equals(gotByBackend(one, due), due),
                    "the backend got something else than what came behind the header");
        }
        one.finish(client);
        one.advance(20_000);
        OneLoop.sent(client);
        List<String> ends = ends(one);
        check(ends.size() == 1, "a connection ended like this: " + ends);
        check(!ends.contains(CloseReason.INTERNAL_ERROR.label()), "a mistake of ours");
        check(all.release(), "a buffer is still held");
        checkNothingIsLeft(one);
        return ends.get(0);
    }

    /** A startup packet comes alone, and the rest of what is due when it was answered. */
    private static byte[] gotByBackend(OneLoop one, byte[] due) {
        EmbeddedChannel backend = one.dialer.last().connects();
        byte[] asked = OneLoop.sent(backend);
        if (asked.length == 0 || asked.length == due.length) {
            return asked;
        }
        check(asked.length == ByteBuffer.wrap(due).getInt(), "the backend was asked with something else than a packet");
        one.receive(backend, Packets.authenticationOk());
        byte[] got = ProxyHeaders.concat(asked, OneLoop.sent(backend));
        one.finish(backend);
        return got;
    }

    private static byte[] dueToBackend(byte[] sent, List<String> ends) {
        byte[] behindHeader = Arrays.copyOfRange(sent, headerBytes(sent), sent.length);
        if (ends.isEmpty()) {
            return behindHeader;
        }
        // A cancel request goes on without the connection that it came by, and without what came behind it.
        boolean isCancel = ends.contains(CloseReason.CANCEL_DONE.label());
        return isCancel
                ? Arrays.copyOf(behindHeader, ByteBuffer.wrap(behindHeader).getInt())
                : new byte[0];
    }

    private static void checkNothingIsLeft(OneLoop one) {
        LeakPresenceDetector.check();
        check(one.admission.descriptors().used() == 0, "a connection is still counted");
        check(one.admission.startups().used() == 0, "a startup is still counted");
        check(one.admission.sessions().used() == 0, "a session is still counted");
    }

    /** In one search, which takes longer than all the rest; once for every connection that ended. */
    private static List<String> ends(OneLoop one) {
        return one.registry.get("pgproxy.listener.connections.ended").counters().stream()
                .flatMap(ends ->
                        Collections.nCopies((int) ends.count(), ends.getId().getTag("reason")).stream())
                .toList();
    }

    /** By the book, and by no codec. */
    private static int headerBytes(byte[] sent) {
        if (sent[0] == '\r') {
            return V2_FIXED_BYTES + ((sent[14] & 0xff) << 8) + (sent[15] & 0xff);
        }
        for (int i = 1; i < sent.length; i++) {
            if (sent[i - 1] == '\r' && sent[i] == '\n') {
                return i + 1;
            }
        }
        throw new AssertionError("a backend was asked for bytes that do not begin with a header");
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
