package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.ScheduledFuture;
import io.pgproxy.core.FirstPacket.Kind;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells a client why it is refused and closes its connection. Who waits for a grant of encryption is declined first,
 * so that a client which may go on in plaintext sends its startup packet and can read the text (measured with psql:
 * an ErrorResponse in the place of the S or N is lost); no password is ever asked for. Who is in a TLS handshake gets
 * an alert and never a byte of plaintext. Confined to the channel's event loop.
 */
final class Refusal extends ChannelInboundHandlerAdapter {
    /** A refused client that neither goes on nor closes is closed after this. */
    private static final long PATIENCE_SECONDS = 5;

    private final CloseReason reason;
    private final String text;
    private final Kind request;
    private final boolean inTls;
    private final EarlyBytes received = new EarlyBytes();
    private int declined;
    private boolean said;
    private @Nullable ScheduledFuture<?> patience;

    /**
     * @param request what the client asked for and is waiting for; INCOMPLETE if it has not said so
     * @param inTls whether it speaks TLS from here on, so that plaintext would only break its handshake
     */
    Refusal(CloseReason reason, String text, Kind request, boolean inTls) {
        this.reason = reason;
        this.text = text;
        this.request = request;
        this.inTls = inTls;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        patience = ctx.executor().schedule(() -> ctx.close(), PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (request.asksForEncryption() && reason != CloseReason.PROTOCOL_VIOLATION) {
            decline(ctx);
        } else {
            sayGoodbye(ctx);
        }
    }

    private void decline(ChannelHandlerContext ctx) {
        declined++;
        ctx.writeAndFlush(ServerMessage.declined());
    }

    private void sayGoodbye(ChannelHandlerContext ctx) {
        said = true;
        ByteBuf goodbye = inTls ? ServerMessage.tlsAlert() : ServerMessage.fatal(reason.sqlState(), text);
        // A close with bytes of the client's unread would become a reset and could overtake the text.
        ctx.writeAndFlush(goodbye).addListener(written -> {
            if (ctx.channel() instanceof DuplexChannel channel) {
                channel.shutdownOutput();
            }
        });
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (said) {
            ((ByteBuf) msg).release();
            return;
        }
        received.add((ByteBuf) msg);
        Kind kind = FirstPacket.of(received.view()).kind();
        if (kind == Kind.INCOMPLETE) {
            return;
        }
        received.clear();
        if (kind.asksForEncryption() && declined < 2) {
            decline(ctx);
        } else {
            sayGoodbye(ctx);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (patience != null) {
            patience.cancel(false); // or it would keep a closed channel in memory
        }
        received.clear();
    }
}
