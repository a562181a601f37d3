package io.pgproxy.health.ask;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** From a host name to an address; may block. */
@FunctionalInterface
public interface NameLookup {
    /**
     * Asks the resolver.
     *
     * @throws UnknownHostException if it knows no address
     */
    InetAddress lookup(String host) throws UnknownHostException;
}
