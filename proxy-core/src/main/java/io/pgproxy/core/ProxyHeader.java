package io.pgproxy.core;

import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** What a PROXY header says about the client. */
final class ProxyHeader {
    private ProxyHeader() {}

    /**
     * The client whose connection was proxied; empty where the connection's own address counts: v1 UNKNOWN, v2 LOCAL (a
     * health check of the sender's own), and addresses that are not of TCP.
     */
    static Optional<Client> client(HAProxyMessage header) {
        HAProxyProxiedProtocol protocol = header.proxiedProtocol();
        if (protocol != HAProxyProxiedProtocol.TCP4 && protocol != HAProxyProxiedProtocol.TCP6) {
            return Optional.empty();
        }
        byte[] address = NetUtil.createByteArrayFromIpAddressString(header.sourceAddress());
        try {
            InetSocketAddress source = new InetSocketAddress(InetAddress.getByAddress(address), header.sourcePort());
            return Optional.of(new Client(source, true));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("the decoder let pass " + header.sourceAddress(), e);
        }
    }
}
