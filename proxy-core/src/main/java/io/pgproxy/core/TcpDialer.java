package io.pgproxy.core;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.pgproxy.config.SessionsConfig;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;

/** Connects with the chosen transport, the configured time-out and the options of every session's sockets. */
final class TcpDialer implements Dialer {
    private static final int EADDRNOTAVAIL = -99;

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
        for (Throwable link = failure; link != null; link = link.getCause()) {
            if (link instanceof Unopened) {
                return new NoSocket(deepest(link));
            }
            if (isOutOfPorts(link)) {
                return new NoPort(deepest(link));
            }
        }
        return failure;
    }

    /**
     * BindException is the JDK's word for EADDRNOTAVAIL. With epoll and io_uring Netty has no type for it; its text
     * names the number, which, unlike the kernel's words behind it, is the same in every language.
     */
    private static boolean isOutOfPorts(Throwable failure) {
        return failure instanceof BindException
                || (failure instanceof NativeIoException io && io.expectedErr() == EADDRNOTAVAIL)
                || (failure instanceof ConnectException
                        && String.valueOf(failure.getMessage()).contains("error(" + EADDRNOTAVAIL + ")"));
    }

    private static Throwable deepest(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? failure : deepest(cause);
    }
}
