package io.pgproxy.config.yaml;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads literal IP addresses, and never asks DNS. */
final class IpAddress {
    private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    /** What every IPv4 address looks like, and nothing else. */
    static final String IPV4_FORM = BYTE + "(\\." + BYTE + "){3}";

    /** What every IPv6 address looks like; not everything that does is one. */
    static final String IPV6_FORM = "(?=[^:]*:[^:]*:)[0-9a-fA-F:.]{2,45}";

    private static final Pattern IPV4 = Pattern.compile(IPV4_FORM);
    private static final Pattern IPV6_CHARACTERS = Pattern.compile(IPV6_FORM);

    private IpAddress() {}

    /** The address, if the text is one in full: IPv6 without brackets or zone, IPv4 with four decimal parts. */
    static Optional<InetAddress> parse(String text) {
        boolean ipv6 = IPV6_CHARACTERS.matcher(text).matches();
        if (!ipv6 && !IPV4.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            // In brackets Java takes it for an IPv6 literal or nothing; without, it might look a strange one up.
            return Optional.of(InetAddress.getByName(ipv6 ? "[" + text + "]" : text));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }
}
