package io.pgproxy.vip.kernel;

import io.pgproxy.vip.kernel.Sighting.Claim;
import io.pgproxy.vip.kernel.wire.ArpFrame;
import io.pgproxy.vip.kernel.wire.Link;
import io.pgproxy.vip.kernel.wire.MacAddress;
import io.pgproxy.vip.kernel.wire.PacketFilter;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** IPv4's {@link Neighbourhood}. One descriptor. */
public final class ArpSocket implements Neighbourhood {
    private final PacketSocket socket;
    private final List<Inet4Address> addresses;
    private final Sighting.Listener listener;

    public ArpSocket(Kernel kernel, Link link, List<Inet4Address> addresses, Sighting.Listener listener)
            throws KernelException {
        this.addresses = List.copyOf(addresses);
        this.listener = listener;
        socket = new PacketSocket(kernel, link, ArpFrame.ETHER_TYPE, PacketFilter.arp(addresses));
    }

    @Override
    public void probe(InetAddress address) throws KernelException {
        send("probe for " + address.getHostAddress(), ArpFrame.probe(socket.mac(), known(address)));
    }

    @Override
    public void announce(InetAddress address) throws KernelException {
        String operation = "announce " + address.getHostAddress();
        MacAddress mac = socket.mac();
        send(operation, ArpFrame.announceByRequest(mac, known(address)));
        send(operation, ArpFrame.announceByReply(mac, known(address)));
    }

    private void send(String operation, ArpFrame frame) throws KernelException {
        socket.send(operation, frame.bytes(), MacAddress.BROADCAST);
    }

    private Inet4Address known(InetAddress address) {
        if (address instanceof Inet4Address ipv4 && addresses.contains(ipv4)) {
            return ipv4;
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
                ArpFrame.read(packet)
                        .flatMap(frame -> sighting(frame, ours, readNanos))
                        .ifPresent(listener::seen);
            }

            @Override
            public void missed(long packets, long readNanos) {
                listener.missed(packets, readNanos);
            }
        });
    }

    /** Empty also for what we said ourselves and a switch sent back. */
    private Optional<Sighting> sighting(ArpFrame frame, MacAddress ours, long readNanos) {
        InetAddress about = frame.isProbe() ? frame.targetAddress() : frame.senderAddress();
        Claim claim = frame.isProbe() ? Claim.ASKS_FOR_IT : Claim.HAS_IT;
        return addresses.contains(about) && !frame.senderMac().equals(ours)
                ? Optional.of(new Sighting(claim, about, frame.senderMac(), readNanos))
                : Optional.empty();
    }

    @Override
    public void close() {
        socket.close();
    }
}
