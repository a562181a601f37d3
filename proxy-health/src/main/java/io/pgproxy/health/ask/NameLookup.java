package io.pgproxy.health.ask;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** From a host name to its addresses; may block. */
@FunctionalInterface
public interface NameLookup {
    /**
     * Asks the resolver. The order is the resolver's, and may be another one each time.
     *
     * @throws UnknownHostException if it knows no address
     */
    List<InetAddress> lookup(String host) throws UnknownHostException;
}
