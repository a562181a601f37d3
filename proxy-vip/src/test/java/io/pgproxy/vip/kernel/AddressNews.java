package io.pgproxy.vip.kernel;

import io.pgproxy.vip.kernel.wire.AddressEntry;
import io.pgproxy.vip.kernel.wire.Link;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** Keeps what it is told. */
class AddressNews implements AddressEvents.Listener {
    final List<InetAddress> put = new ArrayList<>();
    final List<InetAddress> gone = new ArrayList<>();
    final List<Link> links = new ArrayList<>();
    final List<Link> linksGone = new ArrayList<>();
    int losses;
    long lastNanos;

    @Override
    public void addressPut(AddressEntry entry, long readNanos) {
        put.add(entry.address());
        lastNanos = readNanos;
    }

    @Override
    public void addressGone(AddressEntry entry, long readNanos) {
        gone.add(entry.address());
        lastNanos = readNanos;
    }

    @Override
    public void linkChanged(Link link, long readNanos) {
        links.add(link);
    }

    @Override
    public void linkGone(Link link, long readNanos) {
        linksGone.add(link);
    }

    @Override
    public void eventsLost(long readNanos) throws KernelException {
        losses++;
    }
}
