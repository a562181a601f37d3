package io.pgproxy.vip.kernel;

import io.pgproxy.vip.kernel.wire.AddressEntry;
import io.pgproxy.vip.kernel.wire.Link;
import java.net.InetAddress;

/**
 * A virtual address and the interface that it belongs on. It is put on as a single host's, /32 or /128: so no subnet is
 * routed by it, and none of the host's own addresses takes it along when it goes. Immutable.
 */
record Place(InetAddress address, Link link) {
    int prefixLength() {
        return 8 * address.getAddress().length;
    }

    boolean isAt(AddressEntry entry) {
        return entry.linkIndex() == link.index()
                && entry.address().equals(address)
                && entry.subnet().prefixLength() == prefixLength();
    }
}
