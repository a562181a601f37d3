package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last that the client of a session hears, behind everything that its backend has said: why the session ends. The
 * connection is closed when that is written, and soon in any case. It takes the place of a {@link RelayHandler} whose
 * session is over; what the client still says is for nobody. Confined to the client's event loop.
 */
final class LastWords extends ChannelInboundHandlerAdapter {
    /** They are written at once to whoever reads; who does not is closed without them. */
    static final long PATIENCE_MILLIS = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(LastWords.class);

    private final ByteBuf words;
    private @Nullable ScheduledFuture<?> patience;

    /** The words become ours. */
    LastWords(ByteBuf words) {
        this.words = words;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        patience = ctx.executor().schedule(() -> ctx.close(), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        ctx.writeAndFlush(words).addListener(written -> ctx.close());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ReferenceCountUtil.release(msg);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        JvmErrors.logIfIn(cause, "a client's last words", LOG);
        ctx.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (patience != null) {
            patience.cancel(false); // or it would keep a closed channel in memory
        }
    }
}
