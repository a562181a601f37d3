package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Moves bytes from its own channel to the peer's: one of these on the client's side and one on the backend's, both on
 * one event loop. Write on read, flush on read-complete, and the peer's writability decides whether we read on, so
 * that a peer that does not read costs a bounded amount of memory for as long as it likes. Confined to that loop.
 */
final class RelayHandler extends ChannelInboundHandlerAdapter {
    /** Where bytes come from. */
    enum Side {
        CLIENT,
        BACKEND
    }

    private final Relay relay;
    private final Channel peer;
    private final Side side;
    private final LongAdder relayedBytes;
    private final @Nullable FrameCounter frames;
    private long bytes;
    private boolean finished;

    /** @param frames counts what comes from this side; null where its messages cannot be told apart, or need not be */
    RelayHandler(Relay relay, Channel peer, Side side, LongAdder relayedBytes, @Nullable FrameCounter frames) {
        this.relay = relay;
        this.frames = frames;
        this.peer = peer;
        this.side = side;
        this.relayedBytes = relayedBytes;
    }

    /** Bytes that came from this side so far. */
    long bytes() {
        return bytes;
    }

    /** Whether this side has said that it will send no more. */
    boolean isFinished() {
        return finished;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ByteBuf read = (ByteBuf) msg;
        int length = read.readableBytes();
        bytes += length;
        relayedBytes.add(length);
        if (frames != null) {
            frames.count(read);
        }
        peer.write(msg, peer.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        peer.flush();
        relay.spoke(side);
        if (!peer.isWritable()) {
            ctx.channel().config().setAutoRead(false);
        }
    }

    /** Our own channel takes bytes again, or no longer: whoever feeds it goes on, or waits. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        peer.config().setAutoRead(ctx.channel().isWritable());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !finished) {
            finished = true;
            // Through the queue and not at once: shutdownOutput drops what is still waiting to be written.
            peer.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> ((DuplexChannel) peer).shutdownOutput());
            relay.finished(side);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        relay.broke(side);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        relay.failed(side, cause);
    }
}
