package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Feeds an {@link Opening} with what happens on its client's channel. Confined to the channel's event loop. */
final class ClientStartup extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ClientStartup.class);
    private final Opening opening;

    ClientStartup(Opening opening) {
        this.opening = opening;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof HAProxyMessage header) {
            introduce(header);
        } else {
            opening.clientSays((ByteBuf) msg);
        }
    }

    private void introduce(HAProxyMessage header) {
        try {
            opening.introduced(ProxyHeader.client(header));
        } finally {
            header.release();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            opening.clientLeft();
        } else if (event == ProxyHeaderDecoder.Event.NO_HEADER) {
            opening.headerIsMissing();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        opening.clientLeft();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        boolean isOurs = JvmErrors.isIn(cause);
        if (!isOurs && cause instanceof IOException) {
            opening.clientLeft();
        } else if (!isOurs && cause instanceof DecoderException) {
            opening.headerIsWrong(PrintableText.of(String.valueOf(cause.getMessage())));
        } else {
            LOG.error(
                    "listener {}: a session failed before it began",
                    opening.listener().name(),
                    cause);
            opening.end(CloseReason.INTERNAL_ERROR, "");
        }
    }
}
