package io.pgproxy.vip.kernel;

import io.pgproxy.vip.kernel.Sighting.Claim;
import io.pgproxy.vip.kernel.wire.MacAddress;
import io.pgproxy.vip.kernel.wire.NeighbourPacket;
import io.pgproxy.vip.kernel.wire.NeighbourPacket.Kind;
import io.pgproxy.vip.kernel.wire.PacketFilter;
import java.net.Inet6Address;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * IPv6's {@link Language}. Spoken by a socket of the family AF_PACKET too: an ICMPv6 socket cannot send from the
 * unspecified address, as a probe must, and would have to be asked for the hop limit of what it hears.
 */
final class NeighbourDiscovery implements Language<Inet6Address> {
    @Override
    public int etherType() {
        return NeighbourPacket.ETHER_TYPE;
    }

    @Override
    public PacketFilter filter(List<Inet6Address> addresses) {
        return PacketFilter.neighbourDiscovery(addresses);
    }

    @Override
    public void probe(Inet6Address address, MacAddress ours, Voice voice) throws KernelException {
        say(NeighbourPacket.probe(address), voice);
    }

    /** There is one form only. To be sent by whoever has the address already, from which it comes. */
    @Override
    public void announce(Inet6Address address, MacAddress ours, Voice voice) throws KernelException {
        say(NeighbourPacket.announce(ours, address), voice);
    }

    private static void say(NeighbourPacket packet, Voice voice) throws KernelException {
        voice.say(packet.bytes(), NeighbourPacket.groupMac(packet.destination()));
    }

    @Override
    public Optional<Statement> read(ByteBuffer packet, MacAddress from) {
        return NeighbourPacket.read(packet)
                .map(message -> statement(message, message.mac().orElse(from)));
    }

    /** Who only looks for a holder speaks from his own address, and has that one. */
    private static Statement statement(NeighbourPacket message, MacAddress mac) {
        if (message.isProbe()) {
            return new Statement(Claim.ASKS_FOR_IT, message.target(), mac);
        }
        boolean isAboutTarget = message.kind() == Kind.ADVERTISEMENT;
        return new Statement(Claim.HAS_IT, isAboutTarget ? message.target() : message.source(), mac);
    }
}
