package io.pgproxy.config.yaml;

import java.net.InetAddress;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A host to connect to: a name or an IP address. Immutable.
 *
 * <p>Names are those of RFC 1123, section 2.1, and underscores, which container networks use. A last label of digits
 * only is no name, so that {@code 192.168.50.256} is a mistake and not a host that DNS is asked for.
 */
record Host() implements Syntax<String> {
    private static final String LABEL = "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";
    private static final Pattern FORM =
            Pattern.compile("(?=.{1,253}$)(" + LABEL + "\\.)*(?![0-9]+\\.?$)" + LABEL + "\\.?");
    private static final Pattern WITH_PORT = Pattern.compile("[^:]+:[0-9]+");

    @Override
    public String parse(String text) throws Unreadable {
        if (IpAddress.parse(text).isPresent() || FORM.matcher(text).matches()) {
            return text;
        }
        if (WITH_PORT.matcher(text).matches()) {
            throw new Unreadable(Quoted.of(text) + " holds a port; write the host here and the port under 'port'");
        }
        if (text.startsWith("[")) {
            throw new Unreadable(Quoted.of(text) + " holds brackets; write an IPv6 address without them here");
        }
        throw new Unreadable(Quoted.of(text) + " is not a host name or an IP address");
    }

    @Override
    public Form form() {
        return new Form.Matching(FORM.pattern() + "|" + IpAddress.IPV4_FORM + "|" + IpAddress.IPV6_FORM);
    }

    /** One spelling for all spellings of a host, to compare by. */
    static String canonical(String host) {
        return IpAddress.parse(host).map(InetAddress::getHostAddress).orElseGet(() -> host.toLowerCase(Locale.ROOT)
                .replaceFirst("\\.$", ""));
    }
}
