package io.pgproxy.config.yaml;

import io.pgproxy.config.EtcdEndpoint;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where a member of etcd listens for clients: {@code http://192.168.50.51:2379}, {@code https://etcd1}. Immutable. */
record EtcdUrl() implements Syntax<EtcdEndpoint> {
    /** What etcd itself takes where nothing else is said. */
    private static final int DEFAULT_PORT = 2379;

    private static final Pattern FORM =
            Pattern.compile("(https?)://(?:\\[([^\\]]*)\\]|([^\\[\\]:/]*))(?::([^:/]*))?/?");
    private static final String EXAMPLES = "write http://192.168.50.51:2379 or https://etcd1:2379";

    @Override
    public EtcdEndpoint parse(String text) throws Unreadable {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new Unreadable(Quoted.of(text) + " is not where an etcd member listens; " + EXAMPLES);
        }
        String bracketed = form.group(2);
        String host = bracketed == null ? form.group(3) : bracketed;
        if (bracketed == null) {
            new Host().parse(host);
        } else if (host.indexOf(':') < 0 || IpAddress.parse(host).isEmpty()) {
            throw new Unreadable(Quoted.of(host) + " is not an IPv6 address; " + EXAMPLES);
        }
        return new EtcdEndpoint(form.group(1).equals("https"), host, port(form.group(4)));
    }

    @Override
    public Form form() {
        return new Form.Matching("https?://(\\[[0-9a-fA-F:.]{2,45}\\]|[A-Za-z0-9._-]{1,253})(:[1-9][0-9]{0,4})?/?");
    }

    private static int port(@Nullable String text) throws Unreadable {
        if (text == null) {
            return DEFAULT_PORT;
        }
        try {
            return WholeNumber.PORT.parse(text);
        } catch (Unreadable e) {
            throw new Unreadable("the port " + e.getMessage());
        }
    }
}
