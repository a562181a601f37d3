package io.pgproxy.core;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Calls that the proxy makes to its own listeners, as a client on this host would: to see that they answer, and that
 * whoever called before was accepted, since the kernel hands connections out in the order of their coming. The proxy
 * knows its own calls by their ports. They take no place, no rule is asked about them, and they are counted nowhere.
 * Safe from any thread.
 */
final class SelfCalls {
    private final Map<InetSocketAddress, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();
    private final EventLoopGroup group;
    private final Transport transport;

    SelfCalls(EventLoopGroup group, Transport transport) {
        this.group = group;
        this.transport = transport;
    }

    /** Completes on any thread when the call was accepted; fails if it cannot be made, or not in time. */
    CompletionStage<Void> call(InetSocketAddress listener, Duration timeout) {
        CompletableFuture<Void> answered = new CompletableFuture<>();
        // Bound first, for the call may be accepted before its connect returns, and its port must be known by then.
        new Bootstrap()
                .group(group)
                .channel(transport.channel)
                .handler(new Quiet())
                .bind(new InetSocketAddress(listener.getAddress(), 0))
                .addListener((ChannelFuture bound) -> {
                    if (bound.isSuccess()) {
                        connect(bound.channel(), listener, answered);
                    } else {
                        answered.completeExceptionally(bound.cause());
                    }
                });
        // Not a timer of one of the loops, which may be the one that hangs.
        return answered.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void connect(Channel caller, InetSocketAddress listener, CompletableFuture<Void> answered) {
        InetSocketAddress own = plain((InetSocketAddress) caller.localAddress());
        underWay.put(own, answered);
        answered.whenComplete((nothing, failure) -> {
            underWay.remove(own);
            caller.close();
        });
        caller.connect(listener).addListener(connected -> {
            if (!connected.isSuccess()) {
                answered.completeExceptionally(connected.cause());
            }
        });
    }

    /** Whether a connection that was just accepted is one of these calls, which has then done its work. */
    boolean isOne(InetSocketAddress peer) {
        if (underWay.isEmpty()) {
            return false;
        }
        CompletableFuture<Void> answered = underWay.get(plain(peer));
        return answered != null && answered.complete(null);
    }

    private static InetSocketAddress plain(InetSocketAddress address) {
        return new InetSocketAddress(PlainIp.of(address.getAddress()), address.getPort());
    }

    /** Whatever happens to its connection after the answer is of no interest. */
    private static final class Quiet extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
