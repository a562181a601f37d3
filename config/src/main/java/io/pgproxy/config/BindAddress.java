package io.pgproxy.config;

/**
 * A host and port to listen on. Immutable.
 *
 * @param host an IPv4 or IPv6 address without brackets, or {@code *} for every address of the machine
 * @param port 1 to 65535
 */
public record BindAddress(String host, int port) {
    /** Whether every address of the machine is meant. */
    public boolean isWildcard() {
        return host.equals("*");
    }

    /** The form that the configuration file uses: {@code *:5432}, {@code 10.0.0.1:5432}, {@code [::1]:5432}. */
    @Override
    public String toString() {
        return HostAndPort.text(host, port);
    }
}
