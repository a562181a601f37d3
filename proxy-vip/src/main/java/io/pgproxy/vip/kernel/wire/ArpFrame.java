package io.pgproxy.vip.kernel.wire;

import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * An ARP packet for IPv4 on Ethernet (RFC 826), without the Ethernet header: the kernel puts that on and takes it off.
 * Immutable.
 */
public record ArpFrame(
        int operation,
        MacAddress senderMac,
        Inet4Address senderAddress,
        MacAddress targetMac,
        Inet4Address targetAddress) {
    public static final int ETHER_TYPE = 0x0806;
    public static final int REQUEST = 1;
    public static final int REPLY = 2;

    static final int BYTES = 28;

    private static final int HARDWARE_ETHERNET = 1;
    private static final int PROTOCOL_IPV4 = 0x0800;
    private static final int SIZES = (MacAddress.BYTES << 8) | IpAddresses.BYTES_4;
    private static final Inet4Address NOBODY = IpAddresses.take4(ByteBuffer.allocate(IpAddresses.BYTES_4));

    /** Asks who has the address, and claims none (RFC 5227, 2.1.1): no neighbour's table changes by it. */
    public static ArpFrame probe(MacAddress mac, Inet4Address address) {
        return new ArpFrame(REQUEST, mac, NOBODY, MacAddress.NONE, address);
    }

    /** The announcement of RFC 5227, 2.3, which everybody understands. */
    public static ArpFrame announceByRequest(MacAddress mac, Inet4Address address) {
        return new ArpFrame(REQUEST, mac, address, MacAddress.NONE, address);
    }

    /** The other form. Linux takes it for one only if both MACs are the sender's (arp_is_garp in net/ipv4/arp.c). */
    public static ArpFrame announceByReply(MacAddress mac, Inet4Address address) {
        return new ArpFrame(REPLY, mac, address, mac, address);
    }

    /** Empty for whatever is not a whole ARP packet for IPv4 on Ethernet. What is behind it is Ethernet's padding. */
    public static Optional<ArpFrame> read(ByteBuffer bytes) {
        ByteBuffer packet = bytes.slice(); // network byte order, which is a slice's own
        if (packet.remaining() < BYTES
                || packet.getShort() != HARDWARE_ETHERNET
                || packet.getShort() != PROTOCOL_IPV4
                || packet.getShort() != SIZES) {
            return Optional.empty();
        }
        int operation = packet.getShort() & 0xffff;
        MacAddress senderMac = MacAddress.take(packet);
        Inet4Address senderAddress = IpAddresses.take4(packet);
        MacAddress targetMac = MacAddress.take(packet);
        return Optional.of(new ArpFrame(operation, senderMac, senderAddress, targetMac, IpAddresses.take4(packet)));
    }

    public byte[] bytes() {
        ByteBuffer packet = ByteBuffer.allocate(BYTES)
                .putShort((short) HARDWARE_ETHERNET)
                .putShort((short) PROTOCOL_IPV4)
                .putShort((short) SIZES)
                .putShort((short) operation);
        senderMac.put(packet);
        packet.put(senderAddress.getAddress());
        targetMac.put(packet);
        packet.put(targetAddress.getAddress());
        return packet.array();
    }

    /** Whether the sender only asks, and says of no address that it has it. */
    public boolean isProbe() {
        return operation == REQUEST && senderAddress.isAnyLocalAddress();
    }
}
