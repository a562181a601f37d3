package io.pgproxy.vip.kernel.wire;

import java.net.Inet6Address;
import java.nio.ByteBuffer;

/** The sum that protects what stands on IPv6, with its pseudo header (RFC 1071; RFC 8200, 8.1). */
final class InternetChecksum {
    private InternetChecksum() {}

    /** Over a message whose checksum is 0: what to put there. Over one that has it: 0 if it is whole. */
    static int of(Inet6Address source, Inet6Address destination, int nextHeader, ByteBuffer message) {
        long sum = sum(ByteBuffer.wrap(source.getAddress()))
                + sum(ByteBuffer.wrap(destination.getAddress()))
                + sum(message.duplicate().rewind())
                + message.limit()
                + nextHeader;
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) ~sum & 0xffff;
    }

    private static long sum(ByteBuffer bytes) {
        long sum = 0;
        while (bytes.remaining() >= 2) {
            sum += bytes.getShort() & 0xffff;
        }
        return bytes.hasRemaining() ? sum + ((bytes.get() & 0xff) << 8) : sum;
    }
}
