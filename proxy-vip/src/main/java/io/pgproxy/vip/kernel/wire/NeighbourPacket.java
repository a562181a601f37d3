package io.pgproxy.vip.kernel.wire;

import java.net.Inet6Address;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A neighbour solicitation or advertisement (RFC 4861, 4.3 and 4.4) with its IPv6 header, without the Ethernet header.
 * Immutable.
 */
public record NeighbourPacket(
        Kind kind, Inet6Address source, Inet6Address destination, Inet6Address target, Optional<MacAddress> mac) {
    public static final int ETHER_TYPE = 0x86dd;
    public static final int NEXT_HEADER_ICMPV6 = 58;
    public static final int SOLICITATION = 135;
    public static final int ADVERTISEMENT = 136;

    private static final int HEADER_BYTES = 40;
    private static final int FIXED_BYTES = 24;
    private static final int OPTION_BYTES = 8;
    private static final int SOURCE_MAC = 1;
    private static final int TARGET_MAC = 2;

    /** Who sends from beyond a router cannot have this: the receiver's proof that the sender is a neighbour. */
    private static final int HOP_LIMIT = 255;

    private static final int OVERRIDE = 0x2000_0000;
    private static final int SOLICITED = 0x4000_0000;
    private static final Inet6Address NOBODY = IpAddresses.take6(ByteBuffer.allocate(IpAddresses.BYTES_6));
    private static final Inet6Address ALL_NODES = group(1);

    public enum Kind {
        SOLICITATION,
        ADVERTISEMENT
    }

    /**
     * Asks who has the address, as duplicate address detection does (RFC 4862, 5.4.2): from the unspecified address and
     * so without a MAC. Whoever has it answers to all nodes.
     */
    public static NeighbourPacket probe(Inet6Address target) {
        return new NeighbourPacket(Kind.SOLICITATION, NOBODY, solicitedNode(target), target, Optional.empty());
    }

    /** Says to all nodes who has the address now, in place of whatever they believed (RFC 4861, 7.2.6). */
    public static NeighbourPacket announce(MacAddress mac, Inet6Address address) {
        return new NeighbourPacket(Kind.ADVERTISEMENT, address, ALL_NODES, address, Optional.of(mac));
    }

    /** The group that holders of the address listen to (RFC 4291, 2.7.1). */
    public static Inet6Address solicitedNode(Inet6Address address) {
        byte[] bytes = address.getAddress();
        return group(1, 0xff, bytes[13], bytes[14], bytes[15]);
    }

    /** Where Ethernet carries an IPv6 group to (RFC 2464, 7). */
    public static MacAddress groupMac(Inet6Address group) {
        ByteBuffer bytes = ByteBuffer.wrap(group.getAddress());
        return new MacAddress(0x3333_0000_0000L | (bytes.getInt(IpAddresses.BYTES_6 - 4) & 0xffff_ffffL));
    }

    /** Empty for whatever a host must not believe either (RFC 4861, 7.1.1 and 7.1.2), and for every other packet. */
    public static Optional<NeighbourPacket> read(ByteBuffer bytes) {
        ByteBuffer packet = bytes.slice();
        if (packet.remaining() < HEADER_BYTES + FIXED_BYTES || packet.get(0) >> 4 != 6) {
            return Optional.empty();
        }
        int messageBytes = packet.getShort(4) & 0xffff;
        if (messageBytes < FIXED_BYTES
                || messageBytes > packet.remaining() - HEADER_BYTES
                || packet.get(6) != NEXT_HEADER_ICMPV6
                || (packet.get(7) & 0xff) != HOP_LIMIT) {
            return Optional.empty();
        }
        Inet6Address source = IpAddresses.take6(packet.position(8));
        Inet6Address destination = IpAddresses.take6(packet);
        ByteBuffer message = packet.slice().limit(messageBytes);
        if (InternetChecksum.of(source, destination, NEXT_HEADER_ICMPV6, message) != 0) {
            return Optional.empty();
        }
        return message(source, destination, message);
    }

    private static Optional<NeighbourPacket> message(
            Inet6Address source, Inet6Address destination, ByteBuffer message) {
        int type = message.get(0) & 0xff;
        int flags = message.getInt(4);
        Inet6Address target = IpAddresses.take6(message.position(8));
        boolean isKnown = (type == SOLICITATION || type == ADVERTISEMENT) && message.get(1) == 0;
        if (!isKnown || target.isMulticastAddress()) {
            return Optional.empty();
        }
        Options options = Options.read(message, type == SOLICITATION ? SOURCE_MAC : TARGET_MAC);
        boolean toAGroup = destination.isMulticastAddress();
        boolean forbidden = type == SOLICITATION
                ? source.isAnyLocalAddress()
                        && (!isSolicitedNode(destination) || options.mac().isPresent())
                : toAGroup && (flags & SOLICITED) != 0;
        return options.whole() && !forbidden
                ? Optional.of(new NeighbourPacket(
                        type == SOLICITATION ? Kind.SOLICITATION : Kind.ADVERTISEMENT,
                        source,
                        destination,
                        target,
                        options.mac()))
                : Optional.empty();
    }

    public byte[] bytes() {
        int messageBytes = FIXED_BYTES + (mac.isPresent() ? OPTION_BYTES : 0);
        ByteBuffer packet = ByteBuffer.allocate(HEADER_BYTES + messageBytes)
                .putInt(6 << 28)
                .putShort((short) messageBytes)
                .put((byte) NEXT_HEADER_ICMPV6)
                .put((byte) HOP_LIMIT)
                .put(source.getAddress())
                .put(destination.getAddress());
        packet.put((byte) (kind == Kind.SOLICITATION ? SOLICITATION : ADVERTISEMENT))
                .put((byte) 0)
                .putShort((short) 0)
                .putInt(kind == Kind.SOLICITATION ? 0 : OVERRIDE)
                .put(target.getAddress());
        mac.ifPresent(known -> {
            packet.put((byte) (kind == Kind.SOLICITATION ? SOURCE_MAC : TARGET_MAC))
                    .put((byte) 1);
            known.put(packet);
        });
        ByteBuffer message = packet.slice(HEADER_BYTES, messageBytes);
        message.putShort(2, (short) InternetChecksum.of(source, destination, NEXT_HEADER_ICMPV6, message));
        return packet.array();
    }

    /** Whether the sender only asks, and says of no address that it has it. */
    public boolean isProbe() {
        return kind == Kind.SOLICITATION && source.isAnyLocalAddress();
    }

    private static boolean isSolicitedNode(Inet6Address address) {
        return address.equals(solicitedNode(address));
    }

    /** ff02:: with these for its last bytes. */
    private static Inet6Address group(int... last) {
        ByteBuffer bytes = ByteBuffer.allocate(IpAddresses.BYTES_6);
        bytes.put((byte) 0xff).put((byte) 0x02).position(IpAddresses.BYTES_6 - last.length);
        for (int one : last) {
            bytes.put((byte) one);
        }
        return IpAddresses.take6(bytes.rewind());
    }

    private record Options(boolean whole, Optional<MacAddress> mac) {
        /** Each option says how long it is, in units of 8 bytes; one of length 0 would never end (RFC 4861, 4.6). */
        static Options read(ByteBuffer options, int wanted) {
            Optional<MacAddress> mac = Optional.empty();
            while (options.remaining() >= OPTION_BYTES) {
                int type = options.get(options.position()) & 0xff;
                int bytes = 8 * (options.get(options.position() + 1) & 0xff);
                if (bytes == 0 || bytes > options.remaining()) {
                    return new Options(false, Optional.empty());
                }
                if (type == wanted && bytes == OPTION_BYTES) {
                    mac = Optional.of(MacAddress.take(options.slice(options.position() + 2, MacAddress.BYTES)));
                }
                options.position(options.position() + bytes);
            }
            return new Options(!options.hasRemaining(), mac);
        }
    }
}
