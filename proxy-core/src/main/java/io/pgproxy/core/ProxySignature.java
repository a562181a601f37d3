package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Whether bytes begin like a PROXY header (proxy-protocol.txt, 2.1 and 2.2). Nothing of PostgreSQL's begins like one: a
 * length's first byte is 0, a TLS record's is 22. Pure; what the header says is the decoder's business.
 */
enum ProxySignature {
    /** They do not. */
    NONE,
    /** They may, or there are none. */
    PART,
    /** The header is a line of text. */
    V1,
    /** The header is binary. */
    V2;

    private static final byte[] TEXT = "PROXY ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BINARY = "\r\n\r\n\0\r\nQUIT\n".getBytes(StandardCharsets.US_ASCII);

    /** Looks at what is readable and moves nothing. */
    static ProxySignature of(ByteBuf bytes) {
        return beginsLike(bytes, TEXT, V1) == NONE ? beginsLike(bytes, BINARY, V2) : beginsLike(bytes, TEXT, V1);
    }

    private static ProxySignature beginsLike(ByteBuf bytes, byte[] signature, ProxySignature whole) {
        int length = Math.min(bytes.readableBytes(), signature.length);
        for (int i = 0; i < length; i++) {
            if (bytes.getByte(bytes.readerIndex() + i) != signature[i]) {
                return NONE;
            }
        }
        return length < signature.length ? PART : whole;
    }

    /** Bytes that it takes once it is there. */
    int bytes() {
        return switch (this) {
            case V1 -> TEXT.length;
            case V2 -> BINARY.length;
            case NONE, PART -> 0;
        };
    }
}
