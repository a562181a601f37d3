package io.pgproxy.vip.peer;

import java.net.InetAddress;
import java.util.Optional;

/** What this host knows of itself, asked when the program starts. May block as {@link NameLookup} does. */
public interface LocalHost extends NameLookup {
    /** What the host is called by itself. */
    String name();

    /** Whether it is one of the host's own addresses now. */
    boolean has(InetAddress address);

    /** The address that what this host sends to that other one comes from; empty if there is no way to it. */
    Optional<InetAddress> sourceTowards(InetAddress other);
}
