package io.pgproxy.vip.kernel;

import io.pgproxy.vip.kernel.wire.Link;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * The networks that the virtual addresses are in: a {@link Neighbourhood} for each interface and family of addresses.
 * Safe from any thread.
 */
final class Wire implements AutoCloseable {
    /** What is said and heard of some of the addresses. */
    private record Voice(Neighbourhood<?> neighbourhood, List<? extends InetAddress> addresses) {}

    private final List<Voice> voices = new ArrayList<>();

    Wire(Kernel kernel, List<Place> places, Sighting.Listener listener) throws KernelException {
        try {
            for (Link link : places.stream().map(Place::link).distinct().toList()) {
                open(kernel, places, link, listener);
            }
        } catch (KernelException e) {
            close();
            throw e;
        }
    }

    private void open(Kernel kernel, List<Place> places, Link link, Sighting.Listener listener) throws KernelException {
        open(kernel, link, new Arp(), of(Inet4Address.class, places, link), listener);
        open(kernel, link, new NeighbourDiscovery(), of(Inet6Address.class, places, link), listener);
    }

    private <A extends InetAddress> void open(
            Kernel kernel, Link link, Language<A> language, List<A> addresses, Sighting.Listener listener)
            throws KernelException {
        if (!addresses.isEmpty()) {
            voices.add(new Voice(new Neighbourhood<>(kernel, link, language, addresses, listener), addresses));
        }
    }

    private static <A extends InetAddress> List<A> of(Class<A> family, List<Place> places, Link link) {
        return places.stream()
                .filter(place -> place.link().equals(link))
                .map(Place::address)
                .filter(family::isInstance)
                .map(family::cast)
                .toList();
    }

    /** What a {@link ReceiveLoop} reads. */
    List<Receiver> receivers() {
        return voices.stream().<Receiver>map(Voice::neighbourhood).toList();
    }

    /** Asks for every address. */
    void probe() throws KernelException {
        for (Voice voice : voices) {
            for (InetAddress address : voice.addresses()) {
                voice.neighbourhood().probe(address);
            }
        }
    }

    /** Announces every address. One interface that is down does not silence the others; its failure comes last. */
    void announce() throws KernelException {
        List<KernelException> failures = new ArrayList<>();
        for (Voice voice : voices) {
            for (InetAddress address : voice.addresses()) {
                try {
                    voice.neighbourhood().announce(address);
                } catch (KernelException e) {
                    failures.add(e);
                }
            }
        }
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }

    /**
     * Reads all that was said up to now; the listener has been told when this returns. One interface that can't be read
     * does not keep the others from being heard; its failure comes last.
     *
     * @return as {@link Receiver#receive()}, for all of them
     */
    boolean listen() throws KernelException {
        boolean allRead = true;
        List<KernelException> failures = new ArrayList<>();
        for (Voice voice : voices) {
            try {
                allRead &= voice.neighbourhood().receive();
            } catch (KernelException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
        return allRead;
    }

    @Override
    public void close() {
        voices.forEach(voice -> voice.neighbourhood().close());
    }
}
