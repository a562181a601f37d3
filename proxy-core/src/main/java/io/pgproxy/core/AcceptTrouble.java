package io.pgproxy.core;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once a minute that a listener could not accept. Netty's own handler before it stops accepting for a second each
 * time, so that clients wait in the kernel's backlog; without this one behind it each time would be a stack trace.
 * Confined to the listener's event loop.
 */
final class AcceptTrouble extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptTrouble.class);

    private final String listener;
    private final MinuteCount count = new MinuteCount();

    AcceptTrouble(String listener) {
        this.listener = listener;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        JvmErrors.logIfIn(cause, "an accept on listener " + listener, LOG);
        int times = count.add(System.nanoTime());
        if (times > 0) {
            LOG.warn(
                    "listener {} cannot accept connections and tries again in a second: {} ({} times)",
                    listener,
                    PrintableText.of(String.valueOf(cause.getMessage())),
                    times);
        }
    }
}
