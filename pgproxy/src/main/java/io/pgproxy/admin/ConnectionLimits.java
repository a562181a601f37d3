package io.pgproxy.admin;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Keeps admin connections few and short. Confined to the admin thread.
 *
 * <p>When all places are taken, the newcomer gets the place of the oldest: an honest client is done in milliseconds, so
 * the oldest is the one that idles, and nobody can lock the monitoring out by holding connections open.
 */
@Sharable
final class ConnectionLimits extends ChannelInboundHandlerAdapter {
    private final int maxConnections;
    private final Duration lifetime;
    private final Counter displaced;
    private final Counter expired;
    private final Set<Channel> oldestFirst = new LinkedHashSet<>();

    /** @param lifetime from accept to the end, whatever happens in between */
    ConnectionLimits(int maxConnections, Duration lifetime, MeterRegistry registry) {
        this.maxConnections = maxConnections;
        this.lifetime = lifetime;
        displaced = dropped("displaced", registry);
        expired = dropped("expired", registry);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (oldestFirst.size() >= maxConnections) {
            displaced.increment();
            oldestFirst.iterator().next().close();
        }
        Channel channel = ctx.channel();
        oldestFirst.add(channel);
        var deadline = ctx.executor().schedule(() -> expire(channel), lifetime.toMillis(), TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(closed -> {
            oldestFirst.remove(channel);
            deadline.cancel(false);
        });
        ctx.fireChannelActive();
    }

    private void expire(Channel channel) {
        expired.increment();
        channel.close();
    }

    private static Counter dropped(String reason, MeterRegistry registry) {
        return Counter.builder("pgproxy.admin.connections.dropped")
                .description("Admin connections that were closed before their client was done")
                .tag("reason", reason)
                .register(registry);
    }
}
