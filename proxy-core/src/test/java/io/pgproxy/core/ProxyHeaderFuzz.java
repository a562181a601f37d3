package io.pgproxy.core;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Arrays;

/**
 * Throws bytes at a listener that wants a PROXY header, in pieces, and checks what must hold for any: what reaches the
 * backend is what came behind the header and nothing else, every buffer and every count is given back, and nothing is
 * a mistake of ours.
 */
final class ProxyHeaderFuzz {
    private static final int V2_FIXED_BYTES = 16;

    private ProxyHeaderFuzz() {}

    /** The first byte says how long the pieces are; the rest is what the client sends. */
    static void fuzz(byte[] input) {
        if (input.length == 0) {
            return;
        }
        int pieces = input[0] & 0xff;
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
        OneLoop one = new Rules().proxyProtocolFrom("10.0.0.0", 8).oneLoop();
        one.publish(Tables.goTo(1, OneLoop.PG1));
        EmbeddedChannel client = one.accept("10.0.0.9");
        int step = pieces == 0 ? Math.max(1, bytes.length) : pieces;
        for (int at = 0; at < bytes.length && client.isOpen(); at += step) {
            one.receive(client, Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + step)));
        }
        if (!one.dialer.dials.isEmpty()) {
            checkWhatTheBackendGets(OneLoop.sent(one.dialer.last().connects()), bytes);
        }
        one.finish(client);
        one.advance(20_000);
        OneLoop.sent(client);
        check(one.ended(CloseReason.INTERNAL_ERROR) == 0, "a mistake of ours");
        check(one.unreleasedBuffers() == 0, "a buffer is still held");
        check(one.admission.descriptors().used() == 0, "a connection is still counted");
        check(one.admission.startups().used() == 0, "a startup is still counted");
        check(one.admission.sessions().used() == 0, "a session is still counted");
    }

    private static void checkWhatTheBackendGets(byte[] got, byte[] sent) {
        int header = headerBytes(sent);
        check(header <= sent.length - got.length || got.length == 0, "part of the header reached the backend");
        check(
                got.length == 0 || Arrays.equals(got, Arrays.copyOfRange(sent, header, header + got.length)),
                "the backend got something else than came behind the header");
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
