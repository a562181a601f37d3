package io.pgproxy.config;

/**
 * One member of etcd, where it listens for clients. Immutable.
 *
 * @param tls whether it is spoken to over TLS
 * @param host a name or an IP address, without brackets
 */
public record EtcdEndpoint(boolean tls, String host, int port) {
    /** As it is written in the configuration. */
    @Override
    public String toString() {
        return (tls ? "https://" : "http://") + HostAndPort.text(host, port);
    }
}
