package io.pgproxy.vip.kernel.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One message of a netlink datagram (include/uapi/linux/netlink.h): its header, and the body behind that. Netlink
 * speaks the machine's own byte order. Immutable: every {@link #body()} is a view of its own.
 */
public record NetlinkMessage(int type, int flags, int sequence, int port, ByteBuffer body) {
    public static final int ERROR = 2;
    public static final int DONE = 3;
    public static final int OVERRUN = 4;

    /** The list changed while the kernel read it out: it may lack something that was there all the time. */
    public static final int FLAG_DUMP_INTERRUPTED = 0x10;

    static final int HEADER_BYTES = 16;

    private static final int ALIGN_BYTES = 4;

    @Override
    public ByteBuffer body() {
        return body.duplicate().order(ByteOrder.nativeOrder());
    }

    /** The messages of a datagram, or nothing if any of them is not as long as it says. */
    public static Optional<List<NetlinkMessage>> split(ByteBuffer datagram) {
        ByteBuffer rest = datagram.slice().order(ByteOrder.nativeOrder());
        List<NetlinkMessage> messages = new ArrayList<>();
        while (rest.hasRemaining()) {
            if (rest.remaining() < HEADER_BYTES) {
                return Optional.empty();
            }
            int start = rest.position();
            int bytes = rest.getInt();
            if (bytes < HEADER_BYTES || bytes > rest.limit() - start) {
                return Optional.empty();
            }
            messages.add(new NetlinkMessage(
                    rest.getShort() & 0xffff,
                    rest.getShort() & 0xffff,
                    rest.getInt(),
                    rest.getInt(),
                    rest.slice(start + HEADER_BYTES, bytes - HEADER_BYTES).asReadOnlyBuffer()));
            rest.position(Math.min(rest.limit(), start + aligned(bytes)));
        }
        return Optional.of(messages);
    }

    /** Up to where the next one begins; the length is within a datagram, so this cannot overflow. */
    static int aligned(int bytes) {
        return (bytes + ALIGN_BYTES - 1) & -ALIGN_BYTES;
    }
}
