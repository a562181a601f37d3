package io.pgproxy.core;

import io.netty.util.NetUtil;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** PROXY headers as a load balancer sends them, written by the book (proxy-protocol.txt) and by no codec. */
final class ProxyHeaders {
    static final int TCP4 = 0x11;
    static final int TCP6 = 0x21;
    static final int UNIX = 0x31;
    static final int UNSPEC = 0x00;
    private static final byte[] SIGNATURE = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};

    private ProxyHeaders() {}

    static byte[] v1(String line) {
        return (line + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] v1From(String source) {
        return v1("PROXY TCP4 " + source + " 10.0.0.1 50000 5432");
    }

    /** A header of command PROXY. */
    static byte[] v2(int family, byte[] body) {
        return v2(0x21, family, body.length, body);
    }

    static byte[] local() {
        return v2(0x20, UNSPEC, 0, new byte[0]);
    }

    static byte[] v2(int versionAndCommand, int family, int length, byte[] body) {
        return ByteBuffer.allocate(16 + body.length)
                .put(SIGNATURE)
                .put((byte) versionAndCommand)
                .put((byte) family)
                .putShort((short) length)
                .put(body)
                .array();
    }

    static byte[] v2From(String source, byte[]... tlvs) {
        return v2(TCP4, concat(addresses4(source), concat(tlvs)));
    }

    static byte[] addresses4(String source) {
        return ByteBuffer.allocate(12)
                .put(Rules.ip(source).getAddress())
                .put(new byte[] {10, 0, 0, 1})
                .putShort((short) 50_000)
                .putShort((short) 5432)
                .array();
    }

    static byte[] addresses6(String source) {
        return ByteBuffer.allocate(36)
                .put(NetUtil.createByteArrayFromIpAddressString(source))
                .put(new byte[16])
                .putShort((short) 50_000)
                .putShort((short) 5432)
                .array();
    }

    static byte[] tlv(int type, byte[] value) {
        return tlv(type, value.length, value);
    }

    static byte[] tlv(int type, int length, byte[] value) {
        return ByteBuffer.allocate(3 + value.length)
                .put((byte) type)
                .putShort((short) length)
                .put(value)
                .array();
    }

    /** PP2_TYPE_SSL, which holds others. */
    static byte[] ssl(byte[]... inner) {
        return tlv(0x20, concat(new byte[] {1, 0, 0, 0, 0}, concat(inner)));
    }

    static byte[] concat(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteBuffer all = ByteBuffer.allocate(length);
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }
}
