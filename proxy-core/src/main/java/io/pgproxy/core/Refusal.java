package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import io.pgproxy.core.FirstPacket.Kind;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a client why it is refused and closes its connection. Who waits for a grant of encryption is declined first,
 * so that a client which may go on in plaintext sends its startup packet and can read the text (measured with psql:
 * an ErrorResponse in the place of the S or N is lost); no password is ever asked for. Who is in a TLS handshake gets
 * an alert and never a byte of plaintext. Confined to the channel's event loop.
 *
 * <p>Only when it was declined can it turn out to be a cancel request, which takes no session's place: where nothing
 * but a limit on sessions is in its way, it is delivered.
 */
final class Refusal extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Refusal.class);
    /** A refused client that neither goes on nor closes is closed after this. */
    private static final long PATIENCE_SECONDS = 5;

    /** How a client can be told, by what it has said so far. */
    enum Manner {
        /** It understands the text right now, or nothing better can be done for it. */
        AT_ONCE,
        /** It has said nothing yet, and might take the text for the answer to what it is about to say. */
        HEAR_IT_OUT,
        /** It waits for a grant of encryption. */
        DECLINE,
        /** It speaks TLS from here on. */
        IN_TLS
    }

    private final Refused refused;
    private final Manner manner;
    private final Listener listener;
    private final RelayLoop loop;
    private final EarlyBytes received = new EarlyBytes();
    private int declined;
    private boolean said;
    private @Nullable ScheduledFuture<?> patience;

    Refusal(Refused refused, Manner manner, Listener listener, RelayLoop loop) {
        this.refused = refused;
        this.manner = manner;
        this.listener = listener;
        this.loop = loop;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        patience = ctx.executor().schedule(() -> ctx.close(), PATIENCE_SECONDS, TimeUnit.SECONDS);
        switch (manner) {
            case AT_ONCE -> say(ctx, ServerMessage.fatal(refused));
            case HEAR_IT_OUT -> {} // its packet is answered when it comes
            case DECLINE -> decline(ctx);
            case IN_TLS -> say(ctx, ServerMessage.tlsAlert());
        }
    }

    private void decline(ChannelHandlerContext ctx) {
        declined++;
        ctx.writeAndFlush(ServerMessage.declined());
    }

    private void say(ChannelHandlerContext ctx, ByteBuf goodbye) {
        said = true;
        // A close with bytes of the client's unread would become a reset and could overtake the text.
        ctx.writeAndFlush(goodbye).addListener(written -> {
            if (ctx.channel() instanceof DuplexChannel channel) {
                channel.shutdownOutput();
            }
        });
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (said || !(msg instanceof ByteBuf bytes)) {
            ReferenceCountUtil.release(msg);
            return;
        }
        received.add(bytes);
        FirstPacket packet = FirstPacket.of(received.view());
        if (packet.kind() == Kind.CANCEL_REQUEST) {
            received.cutTo(packet.length());
            cancel(ctx);
        } else if (packet.kind() != Kind.INCOMPLETE) {
            received.clear();
            answer(ctx, packet.kind());
        }
    }

    private void cancel(ChannelHandlerContext ctx) {
        Optional<CancelRelay> relay = refused.reason().isLimitOnSessions()
                ? CancelRelay.of(ctx.channel(), listener, loop, received.copy())
                : Optional.empty();
        if (relay.isPresent()) {
            ctx.pipeline().replace(this, null, relay.get());
        } else {
            ctx.close(); // its sender expects no word
        }
    }

    private void answer(ChannelHandlerContext ctx, Kind kind) {
        switch (kind) {
            case INCOMPLETE, CANCEL_REQUEST -> {}
            case SSL_REQUEST, GSSENC_REQUEST -> {
                if (declined < 2) {
                    decline(ctx);
                } else {
                    say(ctx, ServerMessage.fatal(refused));
                }
            }
            case DIRECT_TLS -> say(ctx, ServerMessage.tlsAlert());
            case STARTUP_MESSAGE, PROXY_HEADER, GARBAGE -> say(ctx, ServerMessage.fatal(refused));
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
        JvmErrors.logIfIn(cause, "a refusal", LOG);
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
