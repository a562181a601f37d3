package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.pgproxy.config.HostAndPort;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers a cancel request to the backend that has given out its key, if the session is one whose key the proxy has
 * read; else to every backend where its listener has sessions or would send them (a key means nothing to the nodes that
 * did not give it out). Now or never: one that waited would kill a later query. The client's connection
 * closes only after the backends have closed theirs, for that is how a client knows that its cancel was seen. Confined
 * to the client's event loop.
 */
final class CancelRelay extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(CancelRelay.class);

    private final Channel client;
    private final RelayLoop loop;
    private final Targets targets;
    private final ByteBuf packet;
    private int outstanding;

    /**
     * Where it goes.
     *
     * @param byKey whether its key is known, and they are those that have given it out
     */
    private record Targets(Collection<InetSocketAddress> all, boolean byKey) {
        static Targets of(ByteBuf packet, Listener listener, RelayLoop loop) {
            ListenerRoute route = loop.routes().current().route(listener.name());
            Collection<InetSocketAddress> possible = listener.backends().and(route.candidates());
            Collection<InetSocketAddress> givers = loop.limits().cancelRouting()
                    ? listener.keys().givers(CancelKey.inRequest(packet), possible)
                    : List.of();
            return givers.isEmpty() ? new Targets(possible, false) : new Targets(givers, true);
        }
    }

    /**
     * A cancel under way, if there may be another one with a connection to each of its targets; what it takes is given
     * back when the last of them has closed. The packet becomes ours.
     */
    static Optional<CancelRelay> of(Channel client, Listener listener, RelayLoop loop, ByteBuf packet) {
        Targets targets = Targets.of(packet, listener, loop);
        if (!loop.admission().cancels().take()) {
            packet.release();
            return Optional.empty();
        }
        if (!takeDescriptors(targets.all().size(), loop)) {
            loop.admission().cancels().giveBack();
            packet.release();
            return Optional.empty();
        }
        listener.counts().cancelled(targets.byKey());
        return Optional.of(new CancelRelay(client, loop, targets, packet));
    }

    /** All or none; who has said nothing yet makes room for a cancel as for a session. */
    private static boolean takeDescriptors(int count, RelayLoop loop) {
        for (int taken = 0; taken < count; taken++) {
            if (!loop.takeDescriptor()) {
                loop.admission().descriptors().giveBack(taken);
                return false;
            }
        }
        return true;
    }

    private CancelRelay(Channel client, RelayLoop loop, Targets targets, ByteBuf packet) {
        this.client = client;
        this.loop = loop;
        this.targets = targets;
        this.packet = packet;
    }

    /** For the log. */
    String whither() {
        String where = targets.all().stream()
                .map(target -> HostAndPort.text(target.getAddress().getHostAddress(), target.getPort()))
                .sorted()
                .collect(Collectors.joining(", "));
        return (targets.byKey() ? "by its key to " : "its key is not known, to ")
                + (where.isEmpty() ? "nobody" : where);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        outstanding = 1; // ours, so that the first target's failure does not end it all
        for (InetSocketAddress target : targets.all()) {
            outstanding++;
            loop.dialer()
                    .dial(client.eventLoop(), target, new Delivery())
                    .addListener((Future<Channel> dialed) -> onDialed(dialed));
        }
        done();
    }

    private void onDialed(Future<Channel> dialed) {
        if (!dialed.isSuccess()) {
            done();
            return;
        }
        Channel backend = dialed.getNow();
        backend.writeAndFlush(packet.retainedDuplicate());
        long timeout = loop.limits().answerTimeout().toNanos();
        var timer = client.eventLoop().schedule(() -> backend.close(), timeout, TimeUnit.NANOSECONDS);
        backend.closeFuture().addListener(closed -> {
            timer.cancel(false);
            done();
        });
    }

    private void done() {
        outstanding--;
        if (outstanding == 0) {
            packet.release();
            loop.admission().descriptors().giveBack(targets.all().size());
            loop.admission().cancels().giveBack();
            client.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ReferenceCountUtil.release(msg); // nothing may follow a cancel request
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        JvmErrors.logIfIn(cause, "a cancel request", LOG);
        ctx.close();
    }

    /** Waits for a backend to close. */
    private static final class Delivery extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ReferenceCountUtil.release(msg);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                ctx.close();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            JvmErrors.logIfIn(cause, "the delivery of a cancel request", LOG);
            ctx.close();
        }
    }
}
