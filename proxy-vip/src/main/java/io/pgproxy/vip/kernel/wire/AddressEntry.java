package io.pgproxy.vip.kernel.wire;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A line of the kernel's list of addresses. Immutable.
 *
 * @param address the host's own
 * @param subnet what the prefix length is of; on a point-to-point link the other end
 * @param flags IFA_F_*
 * @param mark whose it is (IFA_PROTO); 0 if nobody said so, and always before Linux 5.18
 * @param validSeconds how long the kernel keeps it yet, {@link #FOREVER} if it stays
 */
public record AddressEntry(int linkIndex, InetAddress address, Subnet subnet, int flags, int mark, long validSeconds) {
    public static final int NEW = 20;
    public static final int DELETED = 21;
    public static final long FOREVER = 0xffff_ffffL;

    static final int FAMILY_IPV4 = 2;
    static final int FAMILY_IPV6 = 10;

    static final int ADDRESS = 1;
    static final int LOCAL = 2;
    static final int CACHE_INFO = 6;
    static final int FLAGS = 8;
    static final int PROTO = 11;
    static final int CACHE_INFO_BYTES = 16;

    private static final int FIXED_BYTES = 8;
    private static final int DEPRECATED = 0x20;
    private static final int TENTATIVE = 0x40;

    /** The addresses that begin with the same bits. */
    public record Subnet(InetAddress base, int prefixLength) {
        public boolean holds(InetAddress address) {
            byte[] ours = base.getAddress();
            byte[] other = address.getAddress();
            boolean same = ours.length == other.length;
            for (int bit = 0; same && bit < prefixLength; bit++) {
                same = ((ours[bit / 8] ^ other[bit / 8]) & (0x80 >> (bit % 8))) == 0;
            }
            return same;
        }

        /** Whether it is one address only, which says nothing of where its neighbours are. */
        public boolean isHost() {
            return prefixLength == 8 * base.getAddress().length;
        }
    }

    /** Reads a message of type {@link #NEW} or {@link #DELETED}; empty for one that is broken, or of another family. */
    public static Optional<AddressEntry> read(NetlinkMessage message) {
        ByteBuffer body = message.body();
        if (body.remaining() < FIXED_BYTES) {
            return Optional.empty();
        }
        int family = body.get() & 0xff;
        int prefixLength = body.get() & 0xff;
        int flags = body.get() & 0xff;
        int linkIndex = body.getInt(4);
        return switch (family) {
            case FAMILY_IPV4 -> read(linkIndex, prefixLength, flags, IpAddresses.BYTES_4, body.position(FIXED_BYTES));
            case FAMILY_IPV6 -> read(linkIndex, prefixLength, flags, IpAddresses.BYTES_6, body.position(FIXED_BYTES));
            default -> Optional.empty();
        };
    }

    private static Optional<AddressEntry> read(
            int linkIndex, int prefixLength, int flags, int addressBytes, ByteBuffer attributes) {
        return Attributes.read(attributes).flatMap(known -> {
            Optional<InetAddress> base = known.value(ADDRESS, addressBytes).map(AddressEntry::take);
            Optional<InetAddress> local = known.value(LOCAL, addressBytes).map(AddressEntry::take);
            if (base.or(() -> local).isEmpty() || prefixLength > 8 * addressBytes) {
                return Optional.empty();
            }
            return Optional.of(new AddressEntry(
                    linkIndex,
                    local.or(() -> base).orElseThrow(),
                    new Subnet(base.or(() -> local).orElseThrow(), prefixLength),
                    known.value(FLAGS, Integer.BYTES).map(ByteBuffer::getInt).orElse(flags),
                    known.value(PROTO, 1).map(value -> value.get() & 0xff).orElse(0),
                    known.value(CACHE_INFO, CACHE_INFO_BYTES)
                            .map(value -> value.getInt(Integer.BYTES) & 0xffff_ffffL)
                            .orElse(FOREVER)));
        });
    }

    private static InetAddress take(ByteBuffer value) {
        return value.remaining() == IpAddresses.BYTES_4 ? IpAddresses.take4(value) : IpAddresses.take6(value);
    }

    public boolean isOurs() {
        return mark == AddressRequests.MARK;
    }

    /** Whether new connections of this host avoid it as their source. */
    public boolean isDeprecated() {
        return (flags & DEPRECATED) != 0;
    }

    /** Whether it is not in use yet, since the kernel still asks the network for duplicates (IPv6). */
    public boolean isTentative() {
        return (flags & TENTATIVE) != 0;
    }
}
