package io.pgproxy.vip.kernel.wire;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The kernel's verdict on a request: 0 or what was wrong, and in its own words if it has any. Immutable.
 *
 * @param errno 0 for done
 * @param text empty if the kernel said nothing
 */
public record Acknowledgement(int errno, String text) {
    private static final int FLAG_CAPPED = 0x100;
    private static final int FLAG_HAS_ATTRIBUTES = 0x200;
    private static final int ATTRIBUTE_TEXT = 1;
    private static final int MAX_TEXT_CHARS = 200;

    /** Reads a {@link NetlinkMessage#ERROR} or a {@link NetlinkMessage#DONE}; empty if it is too short. */
    public static Optional<Acknowledgement> read(NetlinkMessage message) {
        ByteBuffer body = message.body();
        if (body.remaining() < Integer.BYTES) {
            // Some kernels end a list with a message that has no body.
            return message.type() == NetlinkMessage.DONE ? Optional.of(new Acknowledgement(0, "")) : Optional.empty();
        }
        boolean hasWords = (message.flags() & FLAG_HAS_ATTRIBUTES) != 0;
        return Optional.of(new Acknowledgement(-body.getInt(), hasWords ? text(message) : ""));
    }

    /** Behind the error stands the header of our request, and behind an uncapped error all the rest of it. */
    private static String text(NetlinkMessage message) {
        ByteBuffer body = message.body();
        int skipBytes = Integer.BYTES;
        if (message.type() == NetlinkMessage.ERROR) {
            if (body.remaining() < Integer.BYTES + NetlinkMessage.HEADER_BYTES) {
                return "";
            }
            int requestBytes = body.getInt(Integer.BYTES);
            boolean isCapped = (message.flags() & FLAG_CAPPED) != 0 || body.getInt(0) == 0;
            skipBytes += isCapped ? NetlinkMessage.HEADER_BYTES : requestBytes;
            if (requestBytes < NetlinkMessage.HEADER_BYTES || requestBytes > 0xffff || skipBytes > body.remaining()) {
                return "";
            }
        }
        ByteBuffer attributes = body.position(Math.min(body.limit(), NetlinkMessage.aligned(skipBytes)));
        return Attributes.read(attributes)
                .flatMap(known -> known.text(ATTRIBUTE_TEXT, MAX_TEXT_CHARS))
                .orElse("");
    }
}
