package io.pgproxy.core;

import io.netty.buffer.ByteBuf;

/**
 * Knows whether a server's stream stands between two messages, by counting from its first message on: a type in one
 * byte, a length in four that counts itself and not the type, and so many bytes less four that it steps over unread
 * (protocol-message-formats). It allocates nothing. Confined to its channel's event loop.
 *
 * <p>What the last bytes look like proves nothing: any row may contain the bytes of a message.
 */
final class FrameCounter {
    private static final int LENGTH_BYTES = 4;
    private static final int HEADER_BYTES = 1 + LENGTH_BYTES;
    /**
     * PostgreSQL's own bound on what it builds a message in (MaxAllocSize in memutils.h). The one error that it sends
     * without a length, when it cannot fork, is a text: read as lengths, its letters are beyond this or negative.
     */
    private static final int MAX_LENGTH = 0x3fff_ffff;

    private int bodyBytesLeft;
    /** Of the next header, as far as reads have cut it. */
    private int headerBytes;

    private int length;
    private boolean lost;

    /** Counts what the server has said, which stays as it is. */
    void count(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end && !lost) {
            if (bodyBytesLeft > 0) {
                int part = Math.min(bodyBytesLeft, end - at);
                bodyBytesLeft -= part;
                at += part;
            } else if (headerBytes == 0 && end - at >= HEADER_BYTES) {
                begin(bytes.getInt(at + 1));
                at += HEADER_BYTES;
            } else {
                headerByte(bytes.getUnsignedByte(at));
                at++;
            }
        }
    }

    /** The first of them, the type, is shifted out by the last. */
    private void headerByte(int value) {
        length = length << Byte.SIZE | value;
        headerBytes++;
        if (headerBytes == HEADER_BYTES) {
            headerBytes = 0;
            begin(length);
        }
    }

    private void begin(int messageLength) {
        lost = messageLength < LENGTH_BYTES || messageLength > MAX_LENGTH;
        bodyBytesLeft = messageLength - LENGTH_BYTES;
    }

    /** Whether everything that was counted is whole messages; never again once a length could not be true. */
    boolean isBetweenMessages() {
        return !lost && bodyBytesLeft == 0 && headerBytes == 0;
    }
}
