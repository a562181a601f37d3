package io.pgproxy.vip.kernel;

import io.pgproxy.vip.kernel.Sighting.Claim;
import io.pgproxy.vip.kernel.wire.Link;
import io.pgproxy.vip.kernel.wire.MacAddress;
import io.pgproxy.vip.kernel.wire.NeighbourPacket;
import io.pgproxy.vip.kernel.wire.NeighbourPacket.Kind;
import io.pgproxy.vip.kernel.wire.PacketFilter;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * IPv6's {@link Neighbourhood}. One descriptor, of the family AF_PACKET: an ICMPv6 socket cannot send from the
 * unspecified address, as a probe must, and would have to be asked for the hop limit of what it hears.
 */
public final class NeighbourDiscovery implements Neighbourhood {
    private final PacketSocket socket;
    private final List<Inet6Address> addresses;
    private final Sighting.Listener listener;

    public NeighbourDiscovery(Kernel kernel, Link link, List<Inet6Address> addresses, Sighting.Listener listener)
            throws KernelException {
        this.addresses = List.copyOf(addresses);
        this.listener = listener;
        socket = new PacketSocket(kernel, link, NeighbourPacket.ETHER_TYPE, PacketFilter.neighbourDiscovery(addresses));
    }

    @Override
    public void probe(InetAddress address) throws KernelException {
        send("probe for " + address.getHostAddress(), NeighbourPacket.probe(known(address)));
    }

    /** There is one form only. To be sent by whoever has the address already, from which it comes. */
    @Override
    public void announce(InetAddress address) throws KernelException {
        send("announce " + address.getHostAddress(), NeighbourPacket.announce(socket.mac(), known(address)));
    }

    private void send(String operation, NeighbourPacket packet) throws KernelException {
        socket.send(operation, packet.bytes(), NeighbourPacket.groupMac(packet.destination()));
    }

    private Inet6Address known(InetAddress address) {
        if (address instanceof Inet6Address ipv6 && addresses.contains(ipv6)) {
            return ipv6;
        }
        throw new IllegalArgumentException(address.getHostAddress() + " is none of " + addresses);
    }

    @Override
    public int descriptor() {
        return socket.descriptor();
    }

    @Override
    public boolean receive() throws KernelException {
        MacAddress ours = socket.mac();
        return socket.receive(new PacketSocket.Listener() {
            @Override
            public void packet(ByteBuffer packet, MacAddress from, long readNanos) {
                NeighbourPacket.read(packet)
                        .flatMap(message -> sighting(message, message.mac().orElse(from), ours, readNanos))
                        .ifPresent(listener::seen);
            }

            @Override
            public void missed(long packets, long readNanos) {
                listener.missed(packets, readNanos);
            }
        });
    }

    /** Empty also for what we said ourselves and a switch sent back, and for those who only look for a holder. */
    private Optional<Sighting> sighting(NeighbourPacket message, MacAddress mac, MacAddress ours, long readNanos) {
        boolean isAboutTarget = message.isProbe() || message.kind() == Kind.ADVERTISEMENT;
        InetAddress about = isAboutTarget ? message.target() : message.source();
        Claim claim = message.isProbe() ? Claim.ASKS_FOR_IT : Claim.HAS_IT;
        return addresses.contains(about) && !mac.equals(ours)
                ? Optional.of(new Sighting(claim, about, mac, readNanos))
                : Optional.empty();
    }

    @Override
    public void close() {
        socket.close();
    }
}
