package io.pgproxy.vip.peer;

import java.net.InetAddress;
import java.util.List;

/** Asks what a host's name resolves to. May block for as long as the system's resolver does. */
@FunctionalInterface
public interface NameLookup {
    /** All addresses of that host, which may be an address itself; none where there is no answer. */
    List<InetAddress> addresses(String host);
}
