package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import io.pgproxy.config.SessionsConfig;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks one node's PostgreSQL once whether it grants TLS, and leaves without any. Whatever else it says than one byte of
 * answer teaches nothing. Confined to one event loop.
 */
final class TlsProbe extends ChannelInboundHandlerAdapter {
    private final String node;
    private final InetSocketAddress address;
    private final TlsAnswers answers;
    private final Runnable whenOver;
    private @Nullable ScheduledFuture<?> timer;
    private boolean over;

    /** @param whenOver is run once, with whatever result */
    TlsProbe(String node, InetSocketAddress address, TlsAnswers answers, Runnable whenOver) {
        this.node = node;
        this.address = address;
        this.answers = answers;
        this.whenOver = whenOver;
    }

    void begin(EventLoop loop, Dialer dialer, SessionsConfig limits) {
        dialer.dial(loop, address, this).addListener((Future<Channel> dialed) -> {
            if (dialed.isSuccess()) {
                ask(dialed.getNow(), limits.answerTimeout().toNanos());
            } else {
                end();
            }
        });
    }

    boolean isOver() {
        return over;
    }

    private void ask(Channel channel, long timeoutNanos) {
        timer = channel.eventLoop().schedule(() -> channel.close(), timeoutNanos, TimeUnit.NANOSECONDS);
        channel.writeAndFlush(ServerMessage.sslRequest(), channel.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ByteBuf said = (ByteBuf) msg;
        if (!over && said.readableBytes() == 1) {
            TlsAnswer.of(said.getByte(said.readerIndex()))
                    .ifPresent(answer -> answers.learn(node, address, answer, System.nanoTime()));
        }
        said.release();
        end();
        ctx.close();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        ctx.close(); // the end of its output, for one
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    private void end() {
        if (!over) {
            over = true;
            if (timer != null) {
                timer.cancel(false);
            }
            whenOver.run();
        }
    }
}
