package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * The few bytes of a peer that are kept until they make sense as a whole. They are copied, so that a peer that sends
 * them one by one costs a byte each and not a buffer each. Confined to its channel's event loop.
 */
final class EarlyBytes {
    private ByteBuf bytes = Unpooled.EMPTY_BUFFER;

    /** Takes a buffer, which becomes ours. */
    void add(ByteBuf more) {
        if (bytes.maxCapacity() == 0) { // the empty buffer, which nothing can be written to
            bytes = Unpooled.buffer(more.readableBytes());
        }
        bytes.writeBytes(more);
        more.release();
    }

    /** What has come so far, to look at. */
    ByteBuf view() {
        return bytes;
    }

    /** What has come so far, to send; the caller releases it. */
    ByteBuf copy() {
        return bytes.retainedDuplicate();
    }

    /** Forgets what came behind that many bytes. */
    void cutTo(int length) {
        bytes.writerIndex(bytes.readerIndex() + length);
    }

    int length() {
        return bytes.readableBytes();
    }

    /** Hands everything over; the caller releases it. */
    ByteBuf take() {
        ByteBuf whole = bytes;
        bytes = Unpooled.EMPTY_BUFFER;
        return whole;
    }

    void clear() {
        take().release();
    }
}
