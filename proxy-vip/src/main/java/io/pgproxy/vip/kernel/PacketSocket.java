package io.pgproxy.vip.kernel;

import io.pgproxy.vip.kernel.wire.Link;
import io.pgproxy.vip.kernel.wire.MacAddress;
import io.pgproxy.vip.kernel.wire.PacketFilter;
import java.nio.ByteBuffer;
import jnr.constants.platform.Errno;
import jnr.ffi.Pointer;

/**
 * Packets of one type on one link (packet(7), SOCK_DGRAM): the kernel writes and takes off the Ethernet header. What it
 * sends itself it does not hear. Safe from any thread; one reads at a time.
 */
final class PacketSocket implements AutoCloseable {
    private static final int AF_PACKET = 17;
    private static final int SOCK_DGRAM = 2;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_STATISTICS = 6;
    private static final int STATISTICS_BYTES = 8;
    private static final int DROPPED_AT = 4;

    /** {@code struct sockaddr_ll}. */
    private static final int ADDRESS_BYTES = 20;

    private static final int LINK_AT = 4;
    private static final int MAC_LENGTH_AT = 11;
    private static final int MAC_AT = 12;

    /** One turn's worth; the kernel holds some hundred for us. */
    private static final int MAX_PACKETS = 10_000;

    private final KernelSocket socket;
    private final Link link;
    private final int etherType;
    private final ByteBuffer sender = Kernel.buffer(ADDRESS_BYTES);
    private final ByteBuffer received = Kernel.buffer(PacketFilter.MAX_PACKET_BYTES);

    /** What was heard: the packet behind its Ethernet header, and by whom. */
    interface Listener {
        void packet(ByteBuffer packet, MacAddress from, long readNanos);

        void missed(long packets, long readNanos);
    }

    PacketSocket(Kernel kernel, Link link, int etherType, PacketFilter filter) throws KernelException {
        this.link = link;
        this.etherType = etherType;
        // With no protocol it hears nothing yet: the filter comes first.
        socket = new KernelSocket(kernel, "a packet socket on " + link.name(), AF_PACKET, SOCK_DGRAM, 0);
        try {
            socket.attach(filter);
            socket.bind(address(MacAddress.NONE));
            if (link.isLoopback() || (boundTo().get(MAC_LENGTH_AT) & 0xff) != MacAddress.BYTES) {
                throw new KernelException("open a packet socket on " + link.name(), "the link is no Ethernet");
            }
        } catch (KernelException e) {
            socket.close();
            throw e;
        }
    }

    private ByteBuffer address(MacAddress mac) {
        ByteBuffer address = Kernel.buffer(ADDRESS_BYTES);
        address.putShort((short) AF_PACKET)
                .put((byte) (etherType >> 8)) // the one field in network byte order
                .put((byte) etherType)
                .putInt(LINK_AT, link.index())
                .put(MAC_LENGTH_AT, (byte) MacAddress.BYTES)
                .position(MAC_AT);
        mac.put(address);
        return address.rewind();
    }

    private ByteBuffer boundTo() throws KernelException {
        ByteBuffer address = Kernel.buffer(ADDRESS_BYTES);
        socket.name(address);
        return address;
    }

    int descriptor() {
        return socket.descriptor();
    }

    /** The link's own, as of now: that of a bond changes with the card it uses. */
    MacAddress mac() throws KernelException {
        return MacAddress.take(boundTo().position(MAC_AT));
    }

    void send(String operation, byte[] packet, MacAddress to) throws KernelException {
        socket.send(operation + " on " + link.name(), Kernel.buffer(packet), address(to));
    }

    /** As {@link Receiver#receive()}. */
    synchronized boolean receive(Listener listener) throws KernelException {
        boolean isEmpty = false;
        for (int i = 0; i < MAX_PACKETS && !isEmpty; i++) {
            isEmpty = !next(listener);
        }
        tellMissed(listener);
        return isEmpty;
    }

    private boolean next(Listener listener) throws KernelException {
        try {
            if (!socket.receive(received, sender)) {
                return false;
            }
        } catch (KernelException e) {
            // Said once when the link goes down. Whoever has to know hears of it as a change of the link.
            if (e.isBecause(Errno.ENETDOWN)) {
                return true;
            }
            throw e;
        }
        listener.packet(received.asReadOnlyBuffer(), MacAddress.take(sender.position(MAC_AT)), System.nanoTime());
        return true;
    }

    /** Reading the count sets it back to 0. */
    private void tellMissed(Listener listener) throws KernelException {
        Pointer statistics = socket.option(SOL_PACKET, PACKET_STATISTICS, STATISTICS_BYTES, "count the packets of ");
        long dropped = statistics.getInt(DROPPED_AT) & 0xffff_ffffL;
        if (dropped > 0) {
            listener.missed(dropped, System.nanoTime());
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
