package io.pgproxy.core;

import io.netty.buffer.ByteBuf;

/**
 * What a client's bytes say before a session exists, by PostgreSQL's own rules (protocol-message-formats, and
 * ProcessStartupPacket in backend_startup.c). A pure function of the bytes; it looks and moves nothing.
 *
 * @param kind what they are, as far as can be said
 * @param length bytes that the packet takes, its length field included; 0 unless it is whole
 */
record FirstPacket(Kind kind, int length) {
    /** Our own bound on a startup packet's body: MAX_STARTUP_PACKET_LENGTH. */
    static final int MAX_BODY_BYTES = 10_000;

    private static final int LENGTH_BYTES = 4;
    private static final int CANCEL_CODE = 80877102;
    private static final int SSL_CODE = 80877103;
    private static final int GSSENC_CODE = 80877104;
    /** PostgreSQL 18 made keys of up to 256 bytes legal; every key is at least 4 bytes long, after a 4-byte pid. */
    private static final int MAX_CANCEL_BYTES = LENGTH_BYTES + 4 + 4 + 256;

    private static final int MIN_CANCEL_BYTES = LENGTH_BYTES + 4 + 4 + 4;
    /** The content type of a TLS handshake record; as a length's first byte it would mean 352 MB. */
    private static final int TLS_HANDSHAKE = 0x16;
    /** type, version, length (RFC 8446, 5.1); the major version is 3 from SSL 3.0 to TLS 1.3. */
    private static final int TLS_HEADER_BYTES = 5;

    private static final int TLS_MAJOR = 3;
    /** type, length in three bytes (RFC 8446, 4). */
    private static final int TLS_MESSAGE_HEADER_BYTES = 4;

    /** 2^14 and, by RFC 8446 5.2, 256 for what encryption may add. */
    static final int MAX_TLS_RECORD_BYTES = 16_384 + 256;

    private static final FirstPacket INCOMPLETE = new FirstPacket(Kind.INCOMPLETE, 0);
    private static final FirstPacket GARBAGE = new FirstPacket(Kind.GARBAGE, 0);

    enum Kind {
        /** May still become anything. */
        INCOMPLETE,
        SSL_REQUEST,
        GSSENC_REQUEST,
        CANCEL_REQUEST,
        /** A StartupMessage of whatever version: judging versions is the server's business. */
        STARTUP_MESSAGE,
        /** A TLS handshake without asking first, PostgreSQL 17 and later; whole with its first record. */
        DIRECT_TLS,
        /** A PROXY header where none is expected, whole with its signature. */
        PROXY_HEADER,
        /** Not PostgreSQL's protocol. */
        GARBAGE;

        /** Whether the client now waits for one byte that grants or declines encryption. */
        boolean asksForEncryption() {
            return this == SSL_REQUEST || this == GSSENC_REQUEST;
        }
    }

    /** Whether a TLS handshake has begun, however little of it is there. */
    static boolean isTls(ByteBuf bytes) {
        return bytes.isReadable() && bytes.getByte(bytes.readerIndex()) == TLS_HANDSHAKE;
    }

    /**
     * Whether a TLS handshake's first message is there to its end. It may go on in further records (RFC 8446, 5.1), and
     * no server answers a part of it.
     */
    static boolean isTlsHelloWhole(ByteBuf bytes) {
        int header = 0;
        int received = 0;
        int end = bytes.writerIndex();
        int at = bytes.readerIndex();
        while (end - at > TLS_HEADER_BYTES && bytes.getByte(at) == TLS_HANDSHAKE) {
            int body = at + TLS_HEADER_BYTES;
            at = body + bytes.getUnsignedShort(at + 3);
            for (int i = body; i < Math.min(at, end); i++) {
                received++;
                if (received <= TLS_MESSAGE_HEADER_BYTES) {
                    header = header << 8 | bytes.getUnsignedByte(i);
                }
            }
        }
        int length = header & 0xff_ff_ff;
        return received >= TLS_MESSAGE_HEADER_BYTES && received - TLS_MESSAGE_HEADER_BYTES >= length;
    }

    /** Classifies what is readable in {@code bytes}. */
    static FirstPacket of(ByteBuf bytes) {
        int start = bytes.readerIndex();
        int readable = bytes.readableBytes();
        if (readable == 0) {
            return INCOMPLETE;
        }
        if (isTls(bytes)) {
            return ofTls(bytes, start, readable);
        }
        ProxySignature signature = ProxySignature.of(bytes);
        if (signature != ProxySignature.NONE) {
            return signature == ProxySignature.PART
                    ? INCOMPLETE
                    : new FirstPacket(Kind.PROXY_HEADER, signature.bytes());
        }
        if (readable < LENGTH_BYTES) {
            // The bound is below 2^16, so a first byte other than 0 is enough to know.
            return bytes.getByte(start) == 0 ? INCOMPLETE : GARBAGE;
        }
        // The bounds come before any arithmetic with the length: it is signed and the sender chose it.
        int length = bytes.getInt(start);
        if (length < 8 || length > LENGTH_BYTES + MAX_BODY_BYTES) {
            return GARBAGE;
        }
        if (readable < 2 * LENGTH_BYTES) {
            return INCOMPLETE;
        }
        return ofCode(bytes.getInt(start + LENGTH_BYTES), length, readable);
    }

    /** Nothing is known of the handshake until a whole record is there: one byte costs its sender nothing. */
    private static FirstPacket ofTls(ByteBuf bytes, int start, int readable) {
        if (readable > 1 && bytes.getByte(start + 1) != TLS_MAJOR) {
            return GARBAGE;
        }
        if (readable < TLS_HEADER_BYTES) {
            return INCOMPLETE;
        }
        int length = bytes.getUnsignedShort(start + 3);
        if (length == 0 || length > MAX_TLS_RECORD_BYTES) {
            return GARBAGE;
        }
        int whole = TLS_HEADER_BYTES + length;
        return readable < whole ? INCOMPLETE : new FirstPacket(Kind.DIRECT_TLS, whole);
    }

    private static FirstPacket ofCode(int code, int length, int readable) {
        Kind kind =
                switch (code) {
                    case SSL_CODE -> length == 8 ? Kind.SSL_REQUEST : Kind.GARBAGE;
                    case GSSENC_CODE -> length == 8 ? Kind.GSSENC_REQUEST : Kind.GARBAGE;
                    case CANCEL_CODE ->
                        length >= MIN_CANCEL_BYTES && length <= MAX_CANCEL_BYTES ? Kind.CANCEL_REQUEST : Kind.GARBAGE;
                    default -> Kind.STARTUP_MESSAGE;
                };
        if (kind == Kind.GARBAGE) {
            return GARBAGE;
        }
        return readable < length ? INCOMPLETE : new FirstPacket(kind, length);
    }
}
