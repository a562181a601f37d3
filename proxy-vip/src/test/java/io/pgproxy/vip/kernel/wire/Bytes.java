package io.pgproxy.vip.kernel.wire;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * Bytes as they are written in the tests: hexadecimal digits, with blanks wherever it reads well. Those of netlink are
 * of a little-endian machine, as are all that we know.
 */
final class Bytes {
    private Bytes() {}

    static byte[] of(String... hex) {
        return HexFormat.of().parseHex(String.join("", hex).replaceAll("\\s", ""));
    }

    static ByteBuffer buffer(String... hex) {
        return ByteBuffer.wrap(of(hex));
    }

    static String text(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    static Inet4Address ipv4(String text) {
        return (Inet4Address) address(text);
    }

    static Inet6Address ipv6(String text) {
        return (Inet6Address) address(text);
    }

    static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(literal, e);
        }
    }

    static MacAddress mac(String text) {
        return MacAddress.take(buffer(text.replace(":", "")));
    }
}
