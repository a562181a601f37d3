package io.pgproxy.vip.kernel.wire;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A network interface, as the kernel tells of it. A picture of one moment. Immutable.
 *
 * @param mac empty for what has none of six bytes, such as a tunnel
 * @param flags IFF_*
 */
public record Link(int index, String name, Optional<MacAddress> mac, int mtuBytes, int flags) {
    public static final int NEW = 16;
    public static final int DELETED = 17;

    private static final int FIXED_BYTES = 16;
    private static final int MAX_NAME_CHARS = 15;
    private static final int ADDRESS = 1;
    private static final int NAME = 3;
    private static final int MTU = 4;
    private static final int UP = 0x1;
    private static final int LOOPBACK = 0x8;
    private static final int RUNNING = 0x40;
    private static final int LOWER_UP = 0x1_0000;

    /** Reads a message of type {@link #NEW} or {@link #DELETED}; empty for a broken one, or of a bridge's port. */
    public static Optional<Link> read(NetlinkMessage message) {
        ByteBuffer body = message.body();
        // Another family than none is somebody's view of the link; a bridge's tells of a port that it is "deleted".
        if (body.remaining() < FIXED_BYTES || body.get() != 0) {
            return Optional.empty();
        }
        int index = body.getInt(4);
        int flags = body.getInt(8);
        return Attributes.read(body.position(FIXED_BYTES)).flatMap(known -> known.text(NAME, MAX_NAME_CHARS)
                .map(name -> new Link(
                        index,
                        name,
                        known.value(ADDRESS, MacAddress.BYTES).map(MacAddress::take),
                        known.value(MTU, Integer.BYTES).map(ByteBuffer::getInt).orElse(0),
                        flags)));
    }

    /** Whether the administrator wants it in use. */
    public boolean isUp() {
        return (flags & UP) != 0;
    }

    /** Whether there is anybody at the other end of the cable. Without, silence proves nothing. */
    public boolean hasCarrier() {
        return (flags & LOWER_UP) != 0;
    }

    /**
     * Whether packets go through: up, with a carrier, and its operational state neither down nor dormant. The kernel
     * takes up to a second to see a carrier's end in that state, and sees it in the carrier at once.
     */
    public boolean isRunning() {
        return (flags & RUNNING) != 0 && hasCarrier();
    }

    public boolean isLoopback() {
        return (flags & LOOPBACK) != 0;
    }
}
