package io.pgproxy.config.yaml;

import io.pgproxy.config.yaml.Syntax.Unreadable;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;

/**
 * What the file asks of a node, asked of what somebody else than the operator says of one. All that is quoted is safe to
 * print. Stateless.
 */
public final class MemberRules {
    private static final String EVERYBODY = "255.255.255.255";

    private MemberRules() {}

    /** Why nobody is called so; empty if it is a node's name. */
    public static Optional<String> objectionToName(String name) {
        return objection(new Name(), name);
    }

    /**
     * Why no node is there; empty if one may be. An address that means another machine to everybody who reads it, or
     * none, is nobody's: it would have us ask ourselves, or services of the network that trust whoever is near.
     */
    public static Optional<String> objectionToHost(String host) {
        return objection(new Host(), host)
                .or(() -> isNobodys(host)
                        ? Optional.of(Quoted.of(host) + " means another machine to each that reads it")
                        : Optional.empty());
    }

    /** Why that is no port; empty if it is one. */
    public static Optional<String> objectionToPort(String port) {
        return objection(WholeNumber.PORT, port);
    }

    /** Whether these two are one host, however they are written; names are not looked up. */
    public static boolean isSameHost(String one, String other) {
        return Host.canonical(one).equals(Host.canonical(other));
    }

    private static boolean isNobodys(String host) {
        Optional<InetAddress> address = IpAddress.parse(host);
        if (address.isPresent()) {
            InetAddress known = address.get();
            return known.isLoopbackAddress()
                    || known.isAnyLocalAddress()
                    || known.isLinkLocalAddress()
                    || known.isMulticastAddress()
                    || known.getHostAddress().equals(EVERYBODY);
        }
        String name = Host.canonical(host).toLowerCase(Locale.ROOT);
        return name.equals("localhost") || name.endsWith(".localhost");
    }

    private static Optional<String> objection(Syntax<?> syntax, String text) {
        try {
            syntax.parse(text);
            return Optional.empty();
        } catch (Unreadable e) {
            return Optional.of(e.getMessage());
        }
    }
}
