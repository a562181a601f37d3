package io.pgproxy.config.yaml;

import io.pgproxy.config.BindAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An address of this machine and a port: {@code *:5432}, {@code 10.0.0.1:5432}, {@code [::1]:5432}. Immutable. */
record Bind() implements Syntax<BindAddress> {
    private static final Pattern FORM = Pattern.compile("(?:\\[([^\\]]*)\\]|([^\\[\\]:]*)):([^:]*)");
    private static final String EXAMPLES = "write *:5432, 10.0.0.1:5432 or [::1]:5432";

    @Override
    public BindAddress parse(String text) throws Unreadable {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new Unreadable(Quoted.of(text) + " is not an address and a port; " + EXAMPLES);
        }
        String bracketed = form.group(1);
        String host = bracketed == null ? form.group(2) : bracketed;
        if (!isAddress(host, bracketed != null)) {
            throw new Unreadable(Quoted.of(host) + " is not an address of this machine; " + EXAMPLES);
        }
        return new BindAddress(host, port(form.group(3)));
    }

    @Override
    public Form form() {
        return new Form.Matching("(\\*|" + IpAddress.IPV4_FORM + "|\\[" + IpAddress.IPV6_FORM + "\\]):[1-9][0-9]{0,4}");
    }

    private static boolean isAddress(String host, boolean inBrackets) {
        boolean isIpv6 = host.indexOf(':') >= 0;
        return host.equals("*")
                ? !inBrackets
                : inBrackets == isIpv6 && IpAddress.parse(host).isPresent();
    }

    private static int port(String text) throws Unreadable {
        try {
            return WholeNumber.PORT.parse(text);
        } catch (Unreadable e) {
            throw new Unreadable("the port " + e.getMessage());
        }
    }
}
