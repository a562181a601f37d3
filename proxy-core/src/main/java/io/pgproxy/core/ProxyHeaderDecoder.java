package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;

/**
 * Netty's decoder of PROXY headers, v1 and v2, made strict about the first bytes: Netty's waits for 13 bytes before it
 * judges any, so that a client which sends an SSLRequest of 8 would learn of its mistake only at the deadline. It takes
 * itself out of the pipeline when the header is whole, and passes on what came behind it. Confined to the channel's
 * event loop.
 */
final class ProxyHeaderDecoder extends HAProxyMessageDecoder {
    /** An SSL TLV with a certificate's names takes some hundreds; the header as a whole may be 232 longer. */
    private static final int MAX_TLV_BYTES = 4 * 1024;

    private final EarlyBytes beginning = new EarlyBytes();
    private boolean signatureIsWhole;

    /** What is told to the next handler in the place of a header that is not there. */
    enum Event {
        NO_HEADER
    }

    ProxyHeaderDecoder() {
        super(MAX_TLV_BYTES);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
        // Netty's takes the header's length for its place in the buffer, which is only right in one that begins at 0.
        ByteBuf bytes = ((ByteBuf) msg).slice();
        if (signatureIsWhole || fits(bytes)) {
            super.channelRead(ctx, bytes);
        } else {
            ctx.fireUserEventTriggered(Event.NO_HEADER);
            ctx.fireChannelRead(bytes);
        }
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        beginning.clear();
    }

    private boolean fits(ByteBuf bytes) {
        beginning.add(bytes.retainedSlice());
        ProxySignature signature = ProxySignature.of(beginning.view());
        signatureIsWhole = signature == ProxySignature.V1 || signature == ProxySignature.V2;
        if (signature != ProxySignature.PART) {
            beginning.clear();
        }
        return signature != ProxySignature.NONE;
    }
}
