package io.pgproxy.core;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * A session as it is at one instant, for those who may know whose it is. Immutable.
 *
 * @param client who it is: whom a trusted PROXY header names, else the connection's own other end
 * @param balancer the connection's own other end where a PROXY header names the client; else empty
 * @param listener by which it came
 * @param backend where it is; empty while it waits for a backend, and once its backend is gone
 * @param ageNanos since its connection was accepted
 * @param bytesIn relayed from the client
 * @param bytesOut relayed from the backend
 */
public record SessionStatus(
        InetSocketAddress client,
        Optional<InetSocketAddress> balancer,
        String listener,
        Optional<Backend> backend,
        long ageNanos,
        long bytesIn,
        long bytesOut) {
    /**
     * A session's connection to its node.
     *
     * @param localPort our own end of it, which PostgreSQL shows as the client's port; 0 if the kernel tells none
     */
    public record Backend(String node, int localPort) {
        static Backend of(Candidate candidate, Channel backend) {
            return new Backend(
                    candidate.node(), backend.localAddress() instanceof InetSocketAddress local ? local.getPort() : 0);
        }
    }

    /** Of one that is nowhere. */
    static SessionStatus of(Client client, Channel channel, Listener listener, long ageNanos) {
        Optional<InetSocketAddress> balancer =
                client.byProxyHeader() && channel.remoteAddress() instanceof InetSocketAddress peer
                        ? Optional.of(peer)
                        : Optional.empty();
        return new SessionStatus(client.address(), balancer, listener.name(), Optional.empty(), ageNanos, 0, 0);
    }

    SessionStatus at(Backend where) {
        return new SessionStatus(client, balancer, listener, Optional.of(where), ageNanos, bytesIn, bytesOut);
    }

    SessionStatus relayed(long in, long out) {
        return new SessionStatus(client, balancer, listener, backend, ageNanos, in, out);
    }
}
