package io.pgproxy.core;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Opens connections to backends, each on the event loop of its client. Safe from any thread. */
interface Dialer {
    /**
     * No descriptor or memory was left for a socket (EMFILE, ENFILE, ENOBUFS): nobody was asked, and nothing is known
     * about the backend.
     */
    final class NoSocket extends IOException {
        NoSocket(Throwable cause) {
            super(cause.getMessage(), cause);
        }
    }

    /**
     * No local port was left for that destination (EADDRNOTAVAIL), which says nothing about the backend, nor about the
     * ports that are left for another one.
     */
    final class NoPort extends IOException {
        NoPort(Throwable cause) {
            super(cause.getMessage(), cause);
        }
    }

    /**
     * Connects; the future completes on {@code loop} with the channel, or fails with the reason. It does so even where
     * no socket could be made at all, for which Netty's own future would answer on a thread of its own. Cancelling it
     * closes the socket at once.
     */
    Future<Channel> dial(EventLoop loop, InetSocketAddress address, ChannelHandler handler);
}
