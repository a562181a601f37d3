package io.pgproxy.core;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Whom limits on one client count as one: an IPv4 address, or an IPv6 /64, which is what one customer or one machine is
 * given and could otherwise roam in. Immutable.
 *
 * <p>Comparable, because whoever attacks chooses his addresses: a hash map sorts keys that collide only if it can
 * compare them.
 *
 * @param ipv6 whether the bits are the first half of an IPv6 address; else they are a whole IPv4 address
 */
record Source(boolean ipv6, long bits) implements Comparable<Source> {
    static Source of(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == Integer.BYTES
                ? new Source(
                        false, Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt()))
                : new Source(true, ByteBuffer.wrap(bytes).getLong());
    }

    @Override
    public int compareTo(Source other) {
        return ipv6 == other.ipv6 ? Long.compare(bits, other.bits) : Boolean.compare(ipv6, other.ipv6);
    }

    /** As an operator would write it: {@code 192.0.2.7} or {@code 2001:db8:0:1::/64}. */
    @Override
    public String toString() {
        return ipv6
                ? String.format(
                        "%x:%x:%x:%x::/64", bits >>> 48, bits >>> 32 & 0xffff, bits >>> 16 & 0xffff, bits & 0xffff)
                : String.format("%d.%d.%d.%d", bits >>> 24, bits >>> 16 & 0xff, bits >>> 8 & 0xff, bits & 0xff);
    }
}
