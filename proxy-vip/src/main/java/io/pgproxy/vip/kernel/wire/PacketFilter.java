package io.pgproxy.vip.kernel.wire;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A program for the kernel's packet filter (classic BPF, Documentation/networking/filter.rst), which lets through what
 * concerns some addresses. Whatever else is said on the network, however often, then costs us nothing. It looks at
 * packets without their Ethernet header. Immutable once made; confined to the thread that makes it.
 */
public final class PacketFilter {
    /** One program looks at every address in turn; more would be a mistake of somebody's. */
    public static final int MAX_ADDRESSES = 64;

    /** What is longer is cut off here: nothing that concerns us is, however long a frame somebody sends. */
    public static final int MAX_PACKET_BYTES = 2048;

    private static final int INSTRUCTION_BYTES = 8;
    private static final int MAX_INSTRUCTIONS = 8 + MAX_ADDRESSES * 18;

    private static final int LOAD_WORD = 0x20;
    private static final int LOAD_BYTE = 0x30;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    private static final int NOTHING = 0;

    private final ByteBuffer program =
            ByteBuffer.allocate(MAX_INSTRUCTIONS * INSTRUCTION_BYTES).order(ByteOrder.nativeOrder());

    private PacketFilter() {}

    /** ARP packets that claim one of these addresses, and probes for them; not the many that ask where they are. */
    public static PacketFilter arp(List<Inet4Address> addresses) {
        PacketFilter filter = new PacketFilter();
        check(addresses.size());
        for (Inet4Address address : addresses) {
            filter.acceptIf(new Field(14, address.getAddress()))
                    .acceptIf(new Field(24, address.getAddress()), new Field(14, new byte[Integer.BYTES]));
        }
        return filter.add(RETURN, 0, 0, NOTHING);
    }

    /** Neighbour solicitations and advertisements whose source or target is one of these. */
    public static PacketFilter neighbourDiscovery(List<Inet6Address> addresses) {
        PacketFilter filter = new PacketFilter();
        check(addresses.size());
        filter.add(LOAD_BYTE, 0, 0, 6)
                .add(JUMP_IF_EQUAL, 1, 0, NeighbourPacket.NEXT_HEADER_ICMPV6)
                .add(RETURN, 0, 0, NOTHING)
                .add(LOAD_BYTE, 0, 0, 40)
                .add(JUMP_IF_EQUAL, 2, 0, NeighbourPacket.SOLICITATION)
                .add(JUMP_IF_EQUAL, 1, 0, NeighbourPacket.ADVERTISEMENT)
                .add(RETURN, 0, 0, NOTHING);
        for (Inet6Address address : addresses) {
            filter.acceptIf(new Field(8, address.getAddress())).acceptIf(new Field(48, address.getAddress()));
        }
        return filter.add(RETURN, 0, 0, NOTHING);
    }

    private static void check(int addresses) {
        if (addresses < 1 || addresses > MAX_ADDRESSES) {
            throw new IllegalArgumentException(addresses + " addresses to listen for");
        }
    }

    /** Bytes of whole words, and where they have to be. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Field(int offset, byte[] bytes) {
        int words() {
            return bytes.length / Integer.BYTES;
        }
    }

    /** Accepts what has all of these. A load beyond the end of a packet ends the program, and the packet with it. */
    private PacketFilter acceptIf(Field... fields) {
        int wordsLeft = Arrays.stream(fields).mapToInt(Field::words).sum();
        for (Field field : fields) {
            ByteBuffer words = ByteBuffer.wrap(field.bytes());
            while (words.hasRemaining()) {
                int past = 2 * wordsLeft - 1; // over the other words, two instructions each, and the return
                add(LOAD_WORD, 0, 0, field.offset() + words.position()).add(JUMP_IF_EQUAL, 0, past, words.getInt());
                wordsLeft--;
            }
        }
        return add(RETURN, 0, 0, MAX_PACKET_BYTES);
    }

    private PacketFilter add(int code, int ifTrue, int ifFalse, int value) {
        program.putShort((short) code).put((byte) ifTrue).put((byte) ifFalse).putInt(value);
        return this;
    }

    public int instructions() {
        return program.position() / INSTRUCTION_BYTES;
    }

    /** As {@code struct sock_filter[]}. */
    public ByteBuffer bytes() {
        return program.duplicate().flip();
    }
}
