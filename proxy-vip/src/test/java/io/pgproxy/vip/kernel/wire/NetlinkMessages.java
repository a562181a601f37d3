package io.pgproxy.vip.kernel.wire;

import java.nio.ByteBuffer;
import java.util.List;

/** Datagrams of which a test knows that they are whole. */
final class NetlinkMessages {
    private NetlinkMessages() {}

    static List<NetlinkMessage> all(String... hex) {
        return NetlinkMessage.split(Bytes.buffer(hex)).orElseThrow();
    }

    static NetlinkMessage only(byte[] datagram) {
        List<NetlinkMessage> messages =
                NetlinkMessage.split(ByteBuffer.wrap(datagram)).orElseThrow();
        if (messages.size() != 1) {
            throw new AssertionError(messages.size() + " messages");
        }
        return messages.get(0);
    }

    static NetlinkMessage only(String... hex) {
        return only(Bytes.of(hex));
    }
}
