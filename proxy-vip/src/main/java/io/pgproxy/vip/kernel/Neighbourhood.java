package io.pgproxy.vip.kernel;

import io.pgproxy.vip.kernel.Language.Statement;
import io.pgproxy.vip.kernel.wire.Link;
import io.pgproxy.vip.kernel.wire.MacAddress;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * What can be said on a link about addresses, and what others say of them there; in the language of one of the two
 * families. An address has to be one of those that this was made for. Sending never waits: it fails when the link is
 * down ({@link KernelException#isPassing()}), and does not when its cable is out. One descriptor. Safe from any thread.
 */
final class Neighbourhood<A extends InetAddress> implements Receiver, AutoCloseable {
    private final Language<A> language;
    private final PacketSocket socket;
    private final List<A> addresses;
    private final Sighting.Listener listener;

    Neighbourhood(Kernel kernel, Link link, Language<A> language, List<A> addresses, Sighting.Listener listener)
            throws KernelException {
        this.language = language;
        this.addresses = List.copyOf(addresses);
        this.listener = listener;
        socket = new PacketSocket(kernel, link, language.etherType(), language.filter(addresses));
    }

    /**
     * Asks who has the address, claiming nothing. Who has it answers within a millisecond; that is a {@link Sighting}.
     * Before silence means anything: the link has a carrier, {@link #receive()} says that all was read, and the
     * listener was not told that something was missed.
     */
    void probe(InetAddress address) throws KernelException {
        String operation = "probe for " + address.getHostAddress();
        language.probe(known(address), socket.mac(), (packet, to) -> socket.send(operation, packet, to));
    }

    /** Says that this host has the address now, in every form that somebody may understand. */
    void announce(InetAddress address) throws KernelException {
        String operation = "announce " + address.getHostAddress();
        language.announce(known(address), socket.mac(), (packet, to) -> socket.send(operation, packet, to));
    }

    private A known(InetAddress address) {
        return addresses.stream()
                .filter(address::equals)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(address.getHostAddress() + " is none of " + addresses));
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
                language.read(packet, from)
                        .filter(said -> isNews(said, ours))
                        .map(said -> new Sighting(said.claim(), said.about(), said.mac(), readNanos))
                        .ifPresent(listener::seen);
            }

            @Override
            public void missed(long packets, long readNanos) {
                listener.missed(packets, readNanos);
            }
        });
    }

    /** Not what we said ourselves and a switch sent back. */
    private boolean isNews(Statement said, MacAddress ours) {
        return addresses.stream().anyMatch(said.about()::equals) && !said.mac().equals(ours);
    }

    @Override
    public void close() {
        socket.close();
    }
}
