package io.pgproxy.core;

import io.pgproxy.config.Network;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Blocks of addresses, made for being asked about every connection that comes: a look at each costs a few operations on
 * longs, and the address is taken apart once. Immutable.
 */
final class Networks {
    private final List<Block> blocks;

    /** The bits of an address, from the left: an IPv4 address fills half of the first long. */
    private record Bits(boolean ipv6, long high, long low) {
        static Bits of(InetAddress address) {
            ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
            return bytes.remaining() == Integer.BYTES
                    ? new Bits(false, (long) bytes.getInt() << Integer.SIZE, 0)
                    : new Bits(true, bytes.getLong(), bytes.getLong());
        }
    }

    private record Block(Bits first, long highMask, long lowMask) {
        static Block of(Network network) {
            int prefix = network.prefixLength();
            return new Block(Bits.of(network.address()), mask(prefix), mask(prefix - Long.SIZE));
        }

        private static long mask(int ones) {
            return ones <= 0 ? 0 : -1L << Math.max(0, Long.SIZE - ones);
        }

        boolean contains(Bits address) {
            return address.ipv6() == first.ipv6()
                    && (address.high() & highMask) == first.high()
                    && (address.low() & lowMask) == first.low();
        }
    }

    Networks(List<Network> networks) {
        this.blocks = networks.stream().map(Block::of).toList();
    }

    boolean isEmpty() {
        return blocks.isEmpty();
    }

    /** Whether one of the blocks has the address. */
    boolean contains(InetAddress address) {
        if (blocks.isEmpty()) {
            return false;
        }
        Bits bits = Bits.of(address);
        for (Block block : blocks) {
            if (block.contains(bits)) {
                return true;
            }
        }
        return false;
    }
}
