package io.pgproxy.config;

/**
 * Where a member of the pair is reached by the others, and the name that all of them know it by. Immutable.
 *
 * @param host a name in lower case without a dot at its end, or an IP address as {@link IpText} writes it
 * @param port 1 to 65535, of UDP
 */
public record PeerAddress(String host, int port) {
    /** {@code 192.168.50.12:7001}, {@code [fd00::12]:7001}, {@code ct101:7001}. */
    @Override
    public String toString() {
        return HostAndPort.text(host, port);
    }
}
