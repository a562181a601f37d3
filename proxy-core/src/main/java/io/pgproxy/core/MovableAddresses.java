package io.pgproxy.core;

import java.net.InetAddress;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The addresses of this host that may move to another one and come back, and those of them by which nobody is let in
 * just now. A listener may be bound to one that is not here; to any other address it may not, or a typing error would
 * go unseen. Safe from any thread.
 */
public final class MovableAddresses {
    private final Set<InetAddress> all;
    private volatile Set<InetAddress> closed;

    private MovableAddresses(Set<InetAddress> all, Set<InetAddress> closed) {
        this.all = all;
        this.closed = closed;
    }

    /** Every address stays where it is. */
    public static MovableAddresses none() {
        return openAtFirst(Set.of());
    }

    /** They are here, and clients are let in by them from the start. */
    public static MovableAddresses openAtFirst(Collection<InetAddress> addresses) {
        return new MovableAddresses(plain(addresses), Set.of());
    }

    /** Nobody is let in by them before they are opened. */
    public static MovableAddresses closedAtFirst(Collection<InetAddress> addresses) {
        return new MovableAddresses(plain(addresses), plain(addresses));
    }

    private static Set<InetAddress> plain(Collection<InetAddress> addresses) {
        return addresses.stream().map(PlainIp::of).collect(Collectors.toUnmodifiableSet());
    }

    boolean has(InetAddress plain) {
        return all.contains(plain);
    }

    boolean isClosed(InetAddress plain) {
        return closed.contains(plain);
    }

    boolean areClosed(Set<InetAddress> addresses) {
        return closed.containsAll(addresses);
    }

    /**
     * The same addresses, as they are compared with others.
     *
     * @throws IllegalArgumentException if one of them is not known as one that may move
     */
    Set<InetAddress> known(Set<InetAddress> addresses) {
        Set<InetAddress> plain = plain(addresses);
        if (!all.containsAll(plain)) {
            throw new IllegalArgumentException(text(plain) + ": not all of these are among " + text(all));
        }
        return plain;
    }

    synchronized void close(Set<InetAddress> addresses) {
        closed = all.stream()
                .filter(address -> closed.contains(address) || addresses.contains(address))
                .collect(Collectors.toUnmodifiableSet());
    }

    synchronized void open(Set<InetAddress> addresses) {
        closed =
                closed.stream().filter(address -> !addresses.contains(address)).collect(Collectors.toUnmodifiableSet());
    }

    /** For logs. */
    static String text(Set<InetAddress> addresses) {
        return String.join(
                ", ",
                addresses.stream().map(InetAddress::getHostAddress).collect(Collectors.toCollection(TreeSet::new)));
    }
}
