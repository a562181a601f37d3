package io.pgproxy.vip.kernel.wire;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What we say to the kernel, put together from the front. Confined to the thread that makes it. */
final class NetlinkRequest {
    static final int FLAG_REQUEST = 0x1;
    static final int FLAG_ACKNOWLEDGE = 0x4;
    static final int FLAG_REPLACE = 0x100;
    static final int FLAG_DUMP = 0x300;
    static final int FLAG_CREATE = 0x400;

    /** Twice what the longest needs. */
    private static final int MAX_BYTES = 256;

    private static final int LENGTH_AT = 0;
    private static final int ATTRIBUTE_HEADER_BYTES = 4;

    private final ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES).order(ByteOrder.nativeOrder());

    /** The kernel puts in our port itself; 0 stands for it. */
    NetlinkRequest(int type, int flags, int sequence) {
        bytes.putInt(0)
                .putShort((short) type)
                .putShort((short) (FLAG_REQUEST | flags))
                .putInt(sequence)
                .putInt(0);
    }

    NetlinkRequest u8(int value) {
        bytes.put((byte) value);
        return this;
    }

    NetlinkRequest u16(int value) {
        bytes.putShort((short) value);
        return this;
    }

    NetlinkRequest u32(int value) {
        bytes.putInt(value);
        return this;
    }

    NetlinkRequest attribute(int type, InetAddress address) {
        begin(type, address.getAddress().length);
        bytes.put(address.getAddress());
        return this;
    }

    NetlinkRequest attributeU8(int type, int value) {
        begin(type, 1);
        bytes.put((byte) value).put(new byte[3]);
        return this;
    }

    NetlinkRequest attributeU32(int type, int... values) {
        begin(type, Integer.BYTES * values.length);
        for (int value : values) {
            bytes.putInt(value);
        }
        return this;
    }

    private void begin(int type, int valueBytes) {
        bytes.putShort((short) (ATTRIBUTE_HEADER_BYTES + valueBytes)).putShort((short) type);
    }

    byte[] bytes() {
        byte[] message = new byte[bytes.position()];
        bytes.putInt(LENGTH_AT, message.length).get(0, message);
        return message;
    }
}
