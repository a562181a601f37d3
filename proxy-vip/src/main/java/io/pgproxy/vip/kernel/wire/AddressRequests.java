package io.pgproxy.vip.kernel.wire;

import static io.pgproxy.vip.kernel.wire.NetlinkRequest.FLAG_ACKNOWLEDGE;
import static io.pgproxy.vip.kernel.wire.NetlinkRequest.FLAG_CREATE;
import static io.pgproxy.vip.kernel.wire.NetlinkRequest.FLAG_DUMP;
import static io.pgproxy.vip.kernel.wire.NetlinkRequest.FLAG_REPLACE;

import java.net.Inet4Address;
import java.net.InetAddress;

/** What can be asked of the kernel about addresses (net/ipv4/devinet.c, net/ipv6/addrconf.c) and links. */
public final class AddressRequests {
    /**
     * By this a later process knows that an address is ours. Nobody assigns these numbers; the kernel itself uses 1 to
     * 3 and keepalived 18. Linux before 5.18 takes no notice of it.
     */
    public static final int MARK = 'p';

    private static final int GET_LINK = 18;
    private static final int DELETE_ADDRESS = 21;
    private static final int GET_ADDRESS = 22;

    /** Asking the network for duplicates kept an address unusable for 1.27 s; whoever adds it has asked before. */
    private static final int NO_DUPLICATE_DETECTION = 0x02;

    private static final int ANY_FAMILY = 0;

    /**
     * Deprecated from the start: this host's own connections should not come from an address that leaves it. IPv6 obeys
     * that (RFC 6724, rule 3). IPv4 ignores it; there the prefix length of 32 does as much, as no route prefers it.
     */
    private static final int PREFERRED_SECONDS = 0;

    private AddressRequests() {}

    /**
     * Adds the address, or renews its lifetime if it is there with the same prefix length. The kernel makes no
     * difference: what had expired meanwhile is added anew.
     */
    public static byte[] put(int sequence, int linkIndex, InetAddress address, int prefixLength, int lifetimeSeconds) {
        if (lifetimeSeconds < 1) {
            throw new IllegalArgumentException("a lifetime of " + lifetimeSeconds + " s");
        }
        NetlinkRequest request = about(
                        new NetlinkRequest(AddressEntry.NEW, FLAG_CREATE | FLAG_REPLACE | FLAG_ACKNOWLEDGE, sequence),
                        linkIndex,
                        address,
                        prefixLength)
                .attributeU32(AddressEntry.CACHE_INFO, PREFERRED_SECONDS, lifetimeSeconds, 0, 0);
        if (!(address instanceof Inet4Address)) {
            request.attributeU32(AddressEntry.FLAGS, NO_DUPLICATE_DETECTION);
        }
        return request.attributeU8(AddressEntry.PROTO, MARK).bytes();
    }

    public static byte[] delete(int sequence, int linkIndex, InetAddress address, int prefixLength) {
        return about(new NetlinkRequest(DELETE_ADDRESS, FLAG_ACKNOWLEDGE, sequence), linkIndex, address, prefixLength)
                .bytes();
    }

    private static NetlinkRequest about(NetlinkRequest request, int linkIndex, InetAddress address, int prefixLength) {
        boolean isIpv4 = address instanceof Inet4Address;
        return request.u8(isIpv4 ? AddressEntry.FAMILY_IPV4 : AddressEntry.FAMILY_IPV6)
                .u8(prefixLength)
                .u8(0)
                .u8(0)
                .u32(linkIndex)
                .attribute(AddressEntry.LOCAL, address)
                .attribute(AddressEntry.ADDRESS, address);
    }

    public static byte[] listAddresses(int sequence) {
        return new NetlinkRequest(GET_ADDRESS, FLAG_DUMP, sequence)
                .u8(ANY_FAMILY)
                .u8(0)
                .u8(0)
                .u8(0)
                .u32(0)
                .bytes();
    }

    public static byte[] listLinks(int sequence) {
        return new NetlinkRequest(GET_LINK, FLAG_DUMP, sequence)
                .u8(ANY_FAMILY)
                .u8(0)
                .u16(0)
                .u32(0)
                .u32(0)
                .u32(0)
                .bytes();
    }
}
