package io.pgproxy.vip.kernel;

import java.net.InetAddress;

/**
 * What can be said on a link about addresses, and what others say of them there; in the language of one of the two
 * families. An address has to be one of those that the socket was made for. Sending never waits: it fails when the link
 * is down ({@link KernelException#isPassing()}), and does not when its cable is out. Safe from any thread.
 */
public sealed interface Neighbourhood extends Receiver, AutoCloseable permits ArpSocket, NeighbourDiscovery {
    /**
     * Asks who has the address, claiming nothing. Who has it answers within a millisecond; that is a {@link Sighting}.
     * Before silence means anything: the link has a carrier, {@link #receive()} says that all was read, and the
     * listener was not told that something was missed.
     */
    void probe(InetAddress address) throws KernelException;

    /** Says that this host has the address now, in every form that somebody may understand. */
    void announce(InetAddress address) throws KernelException;

    @Override
    void close();
}
