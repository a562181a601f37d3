package io.pgproxy.config;

/** A host and a port as people write them. Stateless. */
public final class HostAndPort {
    private HostAndPort() {}

    /** {@code pg102:5432}, {@code 10.0.0.1:5432}, {@code [::1]:5432}. */
    public static String text(String host, int port) {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
