package io.pgproxy.config.yaml;

import io.pgproxy.config.Network;
import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * A block of IP addresses: {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or one address alone. Immutable.
 *
 * <p>Never a host name: a rule that DNS can change is none.
 */
record NetworkSyntax() implements Syntax<Network> {
    @Override
    public Network parse(String text) throws Unreadable {
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        InetAddress address = IpAddress.parse(host)
                .orElseThrow(() -> new Unreadable(Quoted.of(text)
                        + " is not a network; write 10.0.0.0/8, 2001:db8::/32 or an address such as 10.1.2.3"));
        boolean ipv6 = host.indexOf(':') >= 0;
        int bits = ipv6 ? 128 : 32;
        int prefixLength = slash < 0 ? bits : prefixLength(text.substring(slash + 1), bits);
        if (ipv6 && address instanceof Inet4Address) {
            throw new Unreadable(Quoted.of(text) + " is IPv4 within IPv6; write it as IPv4, such as 10.0.0.0/8");
        }
        Network network = new Network(address, prefixLength);
        if (!network.address().equals(address)) {
            throw new Unreadable(Quoted.of(text) + " has bits set behind its prefix; write " + network
                    + " for the network, or " + host + " for the address");
        }
        return network;
    }

    @Override
    public Form form() {
        return new Form.Matching(
                "(" + IpAddress.IPV4_FORM + "(/[0-9]{1,2})?)|(" + IpAddress.IPV6_FORM + "(/[0-9]{1,3})?)");
    }

    private static int prefixLength(String text, int bits) throws Unreadable {
        try {
            return new WholeNumber(0, bits).parse(text);
        } catch (Unreadable e) {
            throw new Unreadable("the prefix " + e.getMessage());
        }
    }
}
