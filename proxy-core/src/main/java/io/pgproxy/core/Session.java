package io.pgproxy.core;

import io.netty.channel.Channel;
import java.util.Optional;

/**
 * A client's connection as its loop sees it: first an {@link Opening}, which looks for a backend, then a {@link Relay},
 * which has one. Confined to the client's event loop.
 */
interface Session {
    /** The client's connection. */
    Channel channel();

    /** Takes a newer table. */
    void onTable(RoutingTable table);

    /** Looks after itself, every {@link RelayLoop#TICK_MILLIS}. */
    void tick();

    /** How it is now; empty if its client has not said that it wants a session. */
    Optional<SessionStatus> status(long nowNanos);

    /** Learns that the program is stopping: who waits is refused, who works goes on. */
    void onDrain();

    /**
     * Ends at once, since the address by which the client came is about to go, in a way that the client hears before
     * that.
     */
    void onAddressMoved(String why);

    /**
     * Ends at once, and waits for nobody; a client that reads plaintext messages may hear why. Nothing happens if it
     * has ended already.
     */
    void end(CloseReason reason, String why);
}
