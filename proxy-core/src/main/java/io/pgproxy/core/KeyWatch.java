package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.function.Consumer;

/**
 * Looks for a session's key in what its backend says at first, and leaves the pipeline when it has it or there is none,
 * so that from then on it costs nothing. Confined to the session's event loop.
 */
final class KeyWatch extends ChannelInboundHandlerAdapter {
    private final KeyReader reader = new KeyReader();
    private final Consumer<CancelKey> found;

    /** @param found told the key, if there is one, before its bytes go on to the client */
    KeyWatch(Consumer<CancelKey> found) {
        this.found = found;
    }

    /** Whether it has to see more than these bytes, which stay as they are. */
    boolean wantsMoreThan(ByteBuf bytes) {
        boolean more = reader.read(bytes);
        if (!more) {
            reader.key().ifPresent(found);
        }
        return more;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!wantsMoreThan((ByteBuf) msg)) {
            ctx.pipeline().remove(this);
        }
        ctx.fireChannelRead(msg);
    }
}
