package io.pgproxy.vip.kernel;

import io.pgproxy.vip.kernel.wire.AddressEntry;
import io.pgproxy.vip.kernel.wire.Link;
import io.pgproxy.vip.kernel.wire.NetlinkMessage;
import java.util.List;
import java.util.Optional;
import jnr.constants.platform.Errno;

/**
 * What changes in the kernel's lists of addresses and links, our own changes included, as it says so by itself. A hint
 * and no record: when too much came at once the kernel drops some, and the listener is told to look for itself. To be
 * opened before one looks at the lists, so that nothing falls between. One descriptor. Safe from any thread; listeners
 * are told in turn, on the thread that reads.
 */
public final class AddressEvents implements Receiver, AutoCloseable {
    /** RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR and RTNLGRP_IPV6_IFADDR, the first, fifth and ninth. */
    private static final int GROUPS = 1 | (1 << 4) | (1 << 8);

    /** One turn's worth; the kernel holds some hundred for us. */
    private static final int MAX_DATAGRAMS = 10_000;

    private final NetlinkSocket socket;
    private final Listener listener;
    /** Whether something was lost that nobody has looked for yet. */
    private boolean lookIsOwed;

    /** Times are of {@link System#nanoTime()}, taken when the event was read. */
    public interface Listener {
        /** The address is there, anew or with another lifetime. */
        void addressPut(AddressEntry entry, long readNanos);

        /** The address is gone, because somebody took it away or because its lifetime was over. */
        void addressGone(AddressEntry entry, long readNanos);

        /** The link is there, and is like this now. */
        void linkChanged(Link link, long readNanos);

        void linkGone(Link link, long readNanos);

        /**
         * Something changed that nobody can say any longer: look at the lists. Told when all that was said has been told.
         *
         * @throws KernelException if it can't be looked; then this is told again with the next that is read
         */
        void eventsLost(long readNanos) throws KernelException;
    }

    public AddressEvents(Kernel kernel, Listener listener) throws KernelException {
        this.listener = listener;
        socket = new NetlinkSocket(kernel, "the kernel's news of addresses", GROUPS);
    }

    @Override
    public int descriptor() {
        return socket.descriptor();
    }

    @Override
    public synchronized boolean receive() throws KernelException {
        for (int i = 0; i < MAX_DATAGRAMS; i++) {
            Optional<List<NetlinkMessage>> messages = next();
            if (messages.isEmpty()) {
                lookIfOwed();
                return true;
            }
            messages.get().forEach(this::tell);
        }
        return false;
    }

    /** Not before older news have been told, which say how things were before the list. */
    private void lookIfOwed() throws KernelException {
        if (lookIsOwed) {
            listener.eventsLost(System.nanoTime());
            lookIsOwed = false;
        }
    }

    private Optional<List<NetlinkMessage>> next() throws KernelException {
        try {
            return socket.receive("read the kernel's news of addresses");
        } catch (KernelException e) {
            if (!e.isBecause(Errno.ENOBUFS)) {
                throw e;
            }
            lookIsOwed = true;
            return Optional.of(List.of());
        }
    }

    private void tell(NetlinkMessage message) {
        long now = System.nanoTime();
        switch (message.type()) {
            case AddressEntry.NEW -> AddressEntry.read(message).ifPresent(put -> listener.addressPut(put, now));
            case AddressEntry.DELETED -> AddressEntry.read(message).ifPresent(gone -> listener.addressGone(gone, now));
            case Link.NEW -> Link.read(message).ifPresent(link -> listener.linkChanged(link, now));
            case Link.DELETED -> Link.read(message).ifPresent(link -> listener.linkGone(link, now));
            default -> {} // nothing else comes by these groups
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
