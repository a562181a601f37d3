package io.pgproxy.core;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;

/** A socket whose buffer is full until its other end reads. */
final class Unread extends ChannelOutboundHandlerAdapter {
    private boolean reads;

    @Override
    public void flush(ChannelHandlerContext ctx) {
        if (reads) {
            ctx.flush();
        }
    }

    /** From here on the other end reads. */
    void read(EmbeddedChannel channel) {
        reads = true;
        channel.flush();
    }
}
