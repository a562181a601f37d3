package io.pgproxy.vip.kernel.wire;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** Addresses as bytes. Java would silently make an IPv4 address of ::ffff:a.b.c.d; here a family stays what it is. */
final class IpAddresses {
    static final int BYTES_4 = 4;
    static final int BYTES_6 = 16;

    private IpAddresses() {}

    /** Takes four bytes, of which the caller knows that they are there. */
    static Inet4Address take4(ByteBuffer from) {
        byte[] bytes = new byte[BYTES_4];
        from.get(bytes);
        try {
            return (Inet4Address) InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an IPv4 address", e);
        }
    }

    /** Takes sixteen bytes, of which the caller knows that they are there. */
    static Inet6Address take6(ByteBuffer from) {
        byte[] bytes = new byte[BYTES_6];
        from.get(bytes);
        try {
            return Inet6Address.getByAddress(null, bytes, -1);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("sixteen bytes are an IPv6 address", e);
        }
    }
}
