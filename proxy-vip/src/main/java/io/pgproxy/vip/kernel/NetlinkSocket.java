package io.pgproxy.vip.kernel;

import io.pgproxy.vip.kernel.wire.NetlinkMessage;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** A socket of the family rtnetlink, which hears nobody but the kernel. Confined as its owner says. */
final class NetlinkSocket implements AutoCloseable {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int NETLINK_ROUTE = 0;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;

    /** {@code struct sockaddr_nl}: family, port, groups. */
    private static final int ADDRESS_BYTES = 12;

    private static final int PORT_AT = 4;
    private static final int GROUPS_AT = 8;
    private static final int KERNEL = 0;

    /** The kernel makes the parts of a list at most 32 KB long (netlink_dump in net/netlink/af_netlink.c). */
    private static final int BUFFER_BYTES = 64 * 1024;

    private final KernelSocket socket;
    private final ByteBuffer kernelAddress = address(0);
    private final ByteBuffer sender = address(0);
    private final ByteBuffer received = Kernel.buffer(BUFFER_BYTES);

    /** @param groups of which changes to hear, as a mask; 0 for none */
    NetlinkSocket(Kernel kernel, String name, int groups) throws KernelException {
        socket = new KernelSocket(kernel, name, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
        try {
            // An error is to come with the kernel's words, and without the request that we have ourselves.
            socket.option(SOL_NETLINK, NETLINK_CAP_ACK, 1);
            socket.option(SOL_NETLINK, NETLINK_EXT_ACK, 1);
            socket.bind(address(groups));
        } catch (KernelException e) {
            socket.close();
            throw e;
        }
    }

    private static ByteBuffer address(int groups) {
        ByteBuffer address = Kernel.buffer(ADDRESS_BYTES);
        address.putShort(0, (short) AF_NETLINK).putInt(PORT_AT, KERNEL).putInt(GROUPS_AT, groups);
        return address;
    }

    int descriptor() {
        return socket.descriptor();
    }

    /**
     * The kernel does what it is asked to within this call, and waits in it for its lock; the answer is there when the
     * call returns.
     */
    void send(String operation, ByteBuffer request) throws KernelException {
        socket.send(operation, request, kernelAddress);
    }

    /** What is there by now, empty for nothing. An empty list is what somebody else than the kernel sent. */
    Optional<List<NetlinkMessage>> receive(String operation) throws KernelException {
        if (!socket.receive(received, sender)) {
            return Optional.empty();
        }
        if (sender.getInt(PORT_AT) != KERNEL) {
            return Optional.of(List.of());
        }
        ByteBuffer copy = ByteBuffer.allocate(received.remaining());
        copy.put(received).flip();
        return Optional.of(NetlinkMessage.split(copy)
                .orElseThrow(() -> new KernelException(operation, "the kernel's answer is not whole")));
    }

    @Override
    public void close() {
        socket.close();
    }
}
