package io.pgproxy.core;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once a minute that a listener could not accept. Netty's own handler before it stops accepting for a second each
 * time, so that clients wait in the kernel's backlog; without this one behind it each time would be a stack trace.
 * Confined to the listener's event loop, but for {@link #happenedWithin}.
 */
final class AcceptTrouble extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptTrouble.class);

    private final String listener;
    private final MinuteCount count = new MinuteCount();
    private volatile OptionalLong lastNanos = OptionalLong.empty();

    AcceptTrouble(String listener) {
        this.listener = listener;
    }

    /** Safe from any thread. */
    boolean happenedWithin(long nanos, long nowNanos) {
        OptionalLong last = lastNanos;
        return last.isPresent() && nowNanos - last.getAsLong() < nanos;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        lastNanos = OptionalLong.of(System.nanoTime());
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
