package io.pgproxy.vip.kernel;

import io.pgproxy.vip.kernel.Sighting.Claim;
import io.pgproxy.vip.kernel.wire.MacAddress;
import io.pgproxy.vip.kernel.wire.PacketFilter;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** In which packets one of the two families of addresses is spoken of on a link. Stateless. */
interface Language<A extends InetAddress> {
    int etherType();

    /** Lets through what is about these addresses. */
    PacketFilter filter(List<A> addresses);

    void probe(A address, MacAddress ours, Voice voice) throws KernelException;

    /** In every form that somebody may understand. */
    void announce(A address, MacAddress ours, Voice voice) throws KernelException;

    /** What a packet says about who has an address; empty if it says nothing about that. */
    Optional<Statement> read(ByteBuffer packet, MacAddress from);

    /** Sends a packet. */
    interface Voice {
        void say(byte[] packet, MacAddress to) throws KernelException;
    }

    /**
     * What somebody says.
     *
     * @param mac whose word it is
     */
    record Statement(Claim claim, InetAddress about, MacAddress mac) {}
}
