package io.pgproxy.vip.kernel.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The attributes behind a message's fixed part, by their type. Those that nobody asks for cost nothing. Immutable. */
final class Attributes {
    private static final int HEADER_BYTES = 4;

    /** The two upper bits say how the value is to be understood, not what it is. */
    private static final int TYPE_MASK = 0x3fff;

    private final Map<Integer, ByteBuffer> values;

    private Attributes(Map<Integer, ByteBuffer> values) {
        this.values = values;
    }

    /** Nothing if one of them is not as long as it says. The last of a type counts, as in the kernel. */
    static Optional<Attributes> read(ByteBuffer bytes) {
        ByteBuffer rest = bytes.slice().order(ByteOrder.nativeOrder());
        Map<Integer, ByteBuffer> values = new HashMap<>();
        while (rest.hasRemaining()) {
            if (rest.remaining() < HEADER_BYTES) {
                return Optional.empty();
            }
            int start = rest.position();
            int length = rest.getShort() & 0xffff;
            int type = rest.getShort() & TYPE_MASK;
            if (length < HEADER_BYTES || length > rest.limit() - start) {
                return Optional.empty();
            }
            values.put(type, rest.slice(start + HEADER_BYTES, length - HEADER_BYTES));
            rest.position(Math.min(rest.limit(), start + NetlinkMessage.aligned(length)));
        }
        return Optional.of(new Attributes(values));
    }

    Optional<ByteBuffer> value(int type) {
        return Optional.ofNullable(values.get(type))
                .map(value -> value.duplicate().order(ByteOrder.nativeOrder()));
    }

    /** Empty also for one of another length. */
    Optional<ByteBuffer> value(int type, int bytes) {
        return value(type).filter(value -> value.remaining() == bytes);
    }

    /** Text up to its NUL; what cannot be printed becomes a question mark. */
    Optional<String> text(int type, int maxChars) {
        return value(type).map(value -> {
            StringBuilder text = new StringBuilder();
            for (char c : StandardCharsets.UTF_8.decode(value).toString().toCharArray()) {
                if (c == 0 || text.length() == maxChars) {
                    break;
                }
                text.append(Character.isISOControl(c) ? '?' : c);
            }
            return text.toString();
        });
    }
}
