package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds a session's {@link CancelKey} among the first messages of its server, which come between the client's
 * StartupMessage and the first ReadyForQuery. Each is a type of one byte, a length that counts itself but not the type,
 * and a body. Nothing is kept but the key, however the bytes are cut into pieces. A pure machine of bytes.
 */
final class KeyReader {
    /** What a server says before it is ready: a few hundred bytes, and the notices of a talkative one. */
    static final int MAX_BYTES = 64 * 1024;

    private static final int HEADER_BYTES = 5;
    private static final int LENGTH_BYTES = 4;
    private static final int BACKEND_KEY_DATA = 'K';
    private static final int READY_FOR_QUERY = 'Z';

    private int bytesRead;
    private int headerBytes;
    private int type;
    private int length;
    private int bodyBytesLeft;
    private byte @Nullable [] key;
    private boolean over;

    /** Looks at more of what the server says, and moves nothing; false if nothing more is to be learned. */
    boolean read(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end && !over) {
            at += bodyBytesLeft > 0 ? readBody(bytes, at, end) : readHeader(bytes.getByte(at));
        }
        bytesRead += Math.min(bytes.readableBytes(), MAX_BYTES);
        over |= bytesRead >= MAX_BYTES;
        return !over;
    }

    /** The key, if it was there. */
    Optional<CancelKey> key() {
        return key != null && bodyBytesLeft == 0 ? Optional.of(CancelKey.of(key)) : Optional.empty();
    }

    private int readHeader(byte next) {
        if (headerBytes == 0) {
            type = next;
            length = 0;
        } else {
            length = (length << Byte.SIZE) | (next & 0xff);
        }
        headerBytes++;
        if (headerBytes == HEADER_BYTES) {
            headerBytes = 0;
            beginBody(length - LENGTH_BYTES);
        }
        return 1;
    }

    private void beginBody(int bodyBytes) {
        if (length < LENGTH_BYTES || type == READY_FOR_QUERY) {
            over = true;
        } else if (type == BACKEND_KEY_DATA) {
            beginKey(bodyBytes);
        } else {
            bodyBytesLeft = bodyBytes;
        }
    }

    private void beginKey(int bodyBytes) {
        if (bodyBytes < CancelKey.MIN_BYTES || bodyBytes > CancelKey.MAX_BYTES) {
            over = true;
        } else {
            key = new byte[bodyBytes];
            bodyBytesLeft = bodyBytes;
        }
    }

    private int readBody(ByteBuf bytes, int at, int end) {
        int part = Math.min(bodyBytesLeft, end - at);
        if (key != null) {
            bytes.getBytes(at, key, key.length - bodyBytesLeft, part);
        }
        bodyBytesLeft -= part;
        over = key != null && bodyBytesLeft == 0;
        return part;
    }
}
