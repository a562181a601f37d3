package io.pgproxy.core;

import io.pgproxy.config.HostAndPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Who is at the other end of a client's connection: the address that its rules, limits and log lines go by. Immutable.
 *
 * @param byProxyHeader whether a trusted PROXY header gave the address, which is then not the connection's own
 */
record Client(InetSocketAddress address, boolean byProxyHeader) {
    Client {
        address = new InetSocketAddress(plain(address.getAddress()), address.getPort());
    }

    /** Known at accept: the connection's own other end. */
    static Client of(InetSocketAddress peer) {
        return new Client(peer, false);
    }

    /** An IPv4 client of a listener for both families is an IPv4 client, whatever the transport makes of it. */
    private static InetAddress plain(InetAddress address) {
        try {
            return InetAddress.getByAddress(address.getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address as long as the one before", e);
        }
    }

    InetAddress ip() {
        return address.getAddress();
    }

    Source source() {
        return Source.of(ip());
    }

    /** For logs. */
    @Override
    public String toString() {
        String where = HostAndPort.text(ip().getHostAddress(), address.getPort());
        return byProxyHeader ? where + " (PROXY)" : where;
    }
}
