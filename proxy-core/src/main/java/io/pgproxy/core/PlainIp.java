package io.pgproxy.core;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** An address as it is compared with others, whatever a transport makes of it. */
final class PlainIp {
    private PlainIp() {}

    /** Of a socket for both families the IPv4 address and not the IPv6 one that stands for it; without a scope. */
    static InetAddress of(InetAddress address) {
        try {
            return InetAddress.getByAddress(address.getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address as long as the one before", e);
        }
    }
}
