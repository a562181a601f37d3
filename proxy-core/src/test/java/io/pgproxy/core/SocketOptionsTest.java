package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.pgproxy.config.SessionsConfig;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the kernel says that it was told; Netty only warns of an option that it does not know. */
final class SocketOptionsTest {
    private static final List<Object> WANTED = List.of(true, true, 30, 10, 3, true);

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void connectionToABackendIsKeptAlive(SessionsConfig.Transport wanted) throws Exception {
        Transport transport = transport(wanted);
        var group = new MultiThreadIoEventLoopGroup(1, transport.ioHandlerFactory());
        try (FakeBackend server = new FakeBackend()) {
            Dialer dialer = new TcpDialer(transport, new Settings().sessions());
            Channel channel = dialer.dial(
                            (EventLoop) group.next(), server.address(), new ChannelInboundHandlerAdapter())
                    .sync()
                    .getNow();
            assertThat(options(channel, transport)).isEqualTo(WANTED);
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void connectionOfAClientIsKeptAlive(SessionsConfig.Transport wanted) throws Exception {
        Transport transport = transport(wanted);
        var group = new MultiThreadIoEventLoopGroup(1, transport.ioHandlerFactory());
        CompletableFuture<Channel> accepted = new CompletableFuture<>();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(transport.serverChannel)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accepted.complete(channel);
                    }
                });
        new SocketOptions(transport, new Settings().sessions()).applyToChildrenOf(bootstrap);
        try {
            Channel listener = bootstrap.bind("127.0.0.1", 0).sync().channel();
            try (Peer client = Peer.connect("127.0.0.1", ((InetSocketAddress) listener.localAddress()).getPort())) {
                assertThat(client.socket.isConnected()).isTrue();
                assertThat(options(accepted.get(5, TimeUnit.SECONDS), transport))
                        .isEqualTo(WANTED);
            }
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    private static Transport transport(SessionsConfig.Transport wanted) {
        RunningProxy.requireTransport(wanted);
        return Transport.choose(wanted);
    }

    private static List<@Nullable Object> options(Channel channel, Transport transport) {
        return java.util.Arrays.asList(
                channel.config().getOption(ChannelOption.TCP_NODELAY),
                channel.config().getOption(ChannelOption.SO_KEEPALIVE),
                channel.config().getOption(transport.keepIdleSeconds),
                channel.config().getOption(transport.keepIntervalSeconds),
                channel.config().getOption(transport.keepCount),
                channel.config().getOption(ChannelOption.ALLOW_HALF_CLOSURE));
    }
}
