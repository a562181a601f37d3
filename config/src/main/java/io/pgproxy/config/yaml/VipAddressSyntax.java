package io.pgproxy.config.yaml;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * An address that a host can take over and clients can reach: {@code 192.168.50.10}, {@code 2001:db8::10}. Immutable.
 *
 * <p>Never with a prefix: the address is put on as /32 or /128, since one with the prefix of a subnet goes away together
 * with the host's own first address of it (Linux, promote_secondaries=0).
 */
record VipAddressSyntax() implements Syntax<InetAddress> {
    @Override
    public InetAddress parse(String text) throws Unreadable {
        int slash = text.indexOf('/');
        if (slash >= 0 && IpAddress.parse(text.substring(0, slash)).isPresent()) {
            throw new Unreadable(Quoted.of(text) + " has a prefix; write " + text.substring(0, slash)
                    + " alone, since it is put on as one address in any case");
        }
        InetAddress address = IpAddress.parse(text)
                .orElseThrow(() ->
                        new Unreadable(Quoted.of(text) + " is not an IP address; write 192.168.50.10 or 2001:db8::10"));
        if (text.indexOf(':') >= 0 && address instanceof Inet4Address) {
            throw new Unreadable(Quoted.of(text) + " is IPv4 within IPv6; write it as IPv4");
        }
        refuseWhatNoHostCanTakeOver(text, address);
        return address;
    }

    private static void refuseWhatNoHostCanTakeOver(String text, InetAddress address) throws Unreadable {
        boolean isBroadcast = text.equals("255.255.255.255");
        if (address.isAnyLocalAddress() || address.isMulticastAddress() || isBroadcast) {
            throw new Unreadable(Quoted.of(text) + " is not the address of one host");
        }
        if (address.isLoopbackAddress()) {
            throw new Unreadable(Quoted.of(text) + " is an address that every host has for itself");
        }
        if (address.isLinkLocalAddress()) {
            throw new Unreadable(Quoted.of(text) + " is a link-local address, which clients can't connect to"
                    + " without naming their interface");
        }
    }

    @Override
    public Form form() {
        return new Form.Matching(IpAddress.IPV4_FORM + "|" + IpAddress.IPV6_FORM);
    }
}
