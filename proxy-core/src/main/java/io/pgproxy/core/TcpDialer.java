package io.pgproxy.core;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.pgproxy.config.SessionsConfig;
import java.net.BindException;
import java.net.InetSocketAddress;

/** Connects with the chosen transport, the configured time-out and the options of every session's sockets. */
final class TcpDialer implements Dialer {
    private final SocketOptions options;
    private final int connectTimeoutMillis;

    private final ChannelFactory<? extends Channel> sockets;

    TcpDialer(Transport transport, SessionsConfig sessions) {
        this(transport, sessions, new ReflectiveChannelFactory<>(transport.channel));
    }

    TcpDialer(Transport transport, SessionsConfig sessions, ChannelFactory<? extends Channel> sockets) {
        this.sockets = sockets;
        this.options = new SocketOptions(transport, sessions);
        this.connectTimeoutMillis = Math.toIntExact(sessions.connectTimeout().toMillis());
    }

    @Override
    public Future<Channel> dial(EventLoop loop, InetSocketAddress address, ChannelHandler handler) {
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channelFactory(this::open)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectTimeoutMillis)
                .handler(handler);
        options.applyTo(bootstrap);
        Promise<Channel> dialed = loop.newPromise();
        ChannelFuture connecting = bootstrap.connect(address);
        connecting.addListener((ChannelFuture connect) -> {
            if (!connect.isSuccess()) {
                dialed.tryFailure(named(connect.cause()));
            } else if (!dialed.trySuccess(connect.channel())) {
                connect.channel().close();
            }
        });
        dialed.addListener((Future<Channel> end) -> {
            if (end.isCancelled()) {
                connecting.channel().close();
            }
        });
        return dialed;
    }

    private Channel open() {
        try {
            return sockets.newChannel();
        } catch (RuntimeException e) {
            throw new Unopened(e);
        }
    }

    /** Netty makes its channels and their sockets in one go. */
    private static final class Unopened extends RuntimeException {
        Unopened(RuntimeException cause) {
            super(cause);
        }
    }

    private static Throwable named(Throwable failure) {
        return isOurs(failure) ? new NoSocket(deepest(failure)) : failure;
    }

    /** BindException is the JDK's word for EADDRNOTAVAIL; Netty's epoll and io_uring have only the kernel's text. */
    private static boolean isOurs(Throwable failure) {
        for (Throwable link = failure; link != null; link = link.getCause()) {
            if (link instanceof Unopened
                    || link instanceof BindException
                    || String.valueOf(link.getMessage()).contains("Cannot assign requested address")) {
                return true;
            }
        }
        return false;
    }

    private static Throwable deepest(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? failure : deepest(cause);
    }
}
