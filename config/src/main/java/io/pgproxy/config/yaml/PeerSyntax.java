package io.pgproxy.config.yaml;

import io.pgproxy.config.IpText;
import io.pgproxy.config.PeerAddress;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The host and port of a member: {@code 192.168.50.12:7001}, {@code ct101:7001}, {@code [fd00::12]:7001}. Immutable.
 *
 * <p>All spellings of one address become one, since members know each other by this text.
 */
record PeerSyntax() implements Syntax<PeerAddress> {
    private static final Pattern PARTS = Pattern.compile("(?:\\[([^\\]]*)\\]|([^\\[\\]:]*)):([^:]*)");
    private static final String EXAMPLES = "write 192.168.50.12:7001, ct101:7001 or [fd00::12]:7001";

    @Override
    public PeerAddress parse(String text) throws Unreadable {
        Matcher parts = PARTS.matcher(text);
        if (!parts.matches()) {
            throw new Unreadable(Quoted.of(text) + " is not a host and a port; " + EXAMPLES);
        }
        String bracketed = parts.group(1);
        String host = bracketed == null ? new Host().parse(parts.group(2)) : bracketed;
        Optional<InetAddress> address = IpAddress.parse(host);
        if (bracketed != null && (address.isEmpty() || bracketed.indexOf(':') < 0)) {
            throw new Unreadable(Quoted.of(host) + " is not an IPv6 address; " + EXAMPLES);
        }
        if (address.filter(PeerSyntax::isOfNoHost).isPresent()) {
            throw new Unreadable(Quoted.of(host) + " is not the address of one host; " + EXAMPLES);
        }
        return new PeerAddress(address.map(IpText::of).orElse(Host.canonical(host)), port(parts.group(3)));
    }

    private static boolean isOfNoHost(InetAddress address) {
        return address.isAnyLocalAddress() || address.isMulticastAddress();
    }

    private static int port(String text) throws Unreadable {
        try {
            return WholeNumber.PORT.parse(text);
        } catch (Unreadable e) {
            throw new Unreadable("the port " + e.getMessage());
        }
    }

    @Override
    public Form form() {
        return new Form.Matching("(\\[" + IpAddress.IPV6_FORM + "\\]|[A-Za-z0-9_.-]{1,254}):[1-9][0-9]{0,4}");
    }
}
