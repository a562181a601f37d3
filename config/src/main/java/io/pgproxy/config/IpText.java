package io.pgproxy.config;

import java.net.InetAddress;

/** IP addresses as people write them. Stateless. */
public final class IpText {
    private IpText() {}

    /** {@code 10.0.0.1}, {@code 2001:db8::1}; an address has one such text. */
    public static String of(InetAddress address) {
        // Java writes every zero of an IPv6 address; a double colon may stand for one run of them (RFC 4291, 2.2).
        return address.getHostAddress().replaceFirst("(^|:)(0(:|$)){2,}", "::");
    }
}
