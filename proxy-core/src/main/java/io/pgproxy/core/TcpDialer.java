package io.pgproxy.core;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.pgproxy.config.SessionsConfig;
import java.net.InetSocketAddress;

/** Connects with the chosen transport, the configured time-out and the options of every session's sockets. */
final class TcpDialer implements Dialer {
    private final Transport transport;
    private final SocketOptions options;
    private final int connectTimeoutMillis;

    TcpDialer(Transport transport, SessionsConfig sessions) {
        this.transport = transport;
        this.options = new SocketOptions(transport, sessions);
        this.connectTimeoutMillis = Math.toIntExact(sessions.connectTimeout().toMillis());
    }

    @Override
    public Future<Channel> dial(EventLoop loop, InetSocketAddress address, ChannelHandler handler) {
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(transport.channel)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectTimeoutMillis)
                .handler(handler);
        options.applyTo(bootstrap);
        Promise<Channel> dialed = loop.newPromise();
        ChannelFuture connecting = bootstrap.connect(address);
        connecting.addListener((ChannelFuture connect) -> {
            if (!connect.isSuccess()) {
                dialed.tryFailure(connect.cause());
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
}
