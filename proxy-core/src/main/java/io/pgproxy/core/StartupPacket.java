package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * What a StartupMessage says about the bytes that answer it: length, version, then names and values that each end with
 * a zero, and one more zero (protocol-message-formats). A pure function of the bytes.
 */
final class StartupPacket {
    private static final int MAJOR_VERSION_AT = 4;
    private static final int PARAMETERS_AT = 8;
    private static final int WITH_LENGTHS = 3;
    private static final String REPLICATION = "replication";

    private StartupPacket() {}

    /**
     * Whether the server will say nothing but messages with a length, to a client that may be told something in
     * between: not in protocol 2, and not where the session may replicate, as whose stream is nobody's to end but the
     * server's.
     *
     * @param bytes begin with a whole StartupMessage
     * @param length of it
     */
    static boolean isAnsweredInMessages(ByteBuf bytes, int length) {
        int start = bytes.readerIndex();
        return bytes.getUnsignedShort(start + MAJOR_VERSION_AT) == WITH_LENGTHS
                && !mayReplicate(bytes, start + PARAMETERS_AT, start + length);
    }

    /** Whatever the parameter's value is; so does one whose end is missing, which the server will refuse anyway. */
    private static boolean mayReplicate(ByteBuf bytes, int from, int end) {
        int at = from;
        while (at < end && bytes.getByte(at) != 0) {
            int nameEnd = bytes.indexOf(at, end, (byte) 0);
            int valueEnd = nameEnd < 0 ? -1 : bytes.indexOf(nameEnd + 1, end, (byte) 0);
            if (valueEnd < 0 || isReplication(bytes, at, nameEnd)) {
                return true;
            }
            at = valueEnd + 1;
        }
        return false;
    }

    private static boolean isReplication(ByteBuf bytes, int from, int end) {
        return end - from == REPLICATION.length()
                && bytes.toString(from, end - from, StandardCharsets.US_ASCII).equals(REPLICATION);
    }
}
