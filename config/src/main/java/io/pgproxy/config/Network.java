package io.pgproxy.config;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A block of IP addresses, such as {@code 10.0.0.0/8}. Immutable. IPv4 addresses that came mapped into IPv6 count as
 * IPv4, as {@link InetAddress} itself makes them.
 *
 * @param address the first of the block: the bits behind the prefix are 0
 * @param prefixLength 0 to 32, or to 128 for IPv6
 */
public record Network(InetAddress address, int prefixLength) {
    public Network {
        address = firstOf(address, prefixLength);
    }

    /** The form that the configuration file uses: {@code 10.0.0.0/8}, {@code 2001:db8::/32}. */
    @Override
    public String toString() {
        return IpText.of(address) + "/" + prefixLength;
    }

    private static InetAddress firstOf(InetAddress address, int prefixLength) {
        byte[] bytes = address.getAddress();
        if (prefixLength < 0 || prefixLength > bytes.length * Byte.SIZE) {
            throw new IllegalArgumentException("no prefix of " + prefixLength + " bits in " + address.getHostAddress());
        }
        for (int i = 0; i < bytes.length; i++) {
            int kept = Math.max(0, Math.min(Byte.SIZE, prefixLength - i * Byte.SIZE));
            bytes[i] &= (byte) (0xFF << (Byte.SIZE - kept));
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address as long as the one before", e);
        }
    }
}
