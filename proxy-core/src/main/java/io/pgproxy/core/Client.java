package io.pgproxy.core;

import io.pgproxy.config.HostAndPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Who is at the other end of a client's connection: the address that its rules, limits and log lines go by. Immutable.
 *
 * @param byProxyHeader whether a trusted PROXY header gave the address, which is then not the connection's own
 */
record Client(InetSocketAddress address, boolean byProxyHeader) {
    Client {
        address = new InetSocketAddress(PlainIp.of(address.getAddress()), address.getPort());
    }

    /** Known at accept: the connection's own other end. */
    static Client of(InetSocketAddress peer) {
        return new Client(peer, false);
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
