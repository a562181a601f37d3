package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import io.pgproxy.config.SessionsConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A machine that has no socket left is our own trouble: no node is blamed, nothing is lost, and the log is told once. */
@Timeout(30)
final class NoSocketTest {
    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, Transport.NIO.ioHandlerFactory());

    @AfterEach
    void stop() throws InterruptedException {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    private Future<Channel> dial(TcpDialer dialer, InetSocketAddress address) throws InterruptedException {
        return dialer.dial((EventLoop) group.next(), address, new ChannelInboundHandlerAdapter())
                .await();
    }

    @Test
    void socketThatCannotBeOpenedIsNamedAsOurTrouble() throws Exception {
        TcpDialer dialer = new TcpDialer(Transport.NIO, new Settings().sessions(), () -> {
            throw new ChannelException("Failed to open a socket.", new IOException("Too many open files"));
        });
        assertThat(dial(dialer, OneLoop.PG1.address()).cause())
                .isInstanceOf(Dialer.NoSocket.class)
                .hasMessage("Too many open files");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void refusedConnectIsNotOurTrouble(SessionsConfig.Transport wanted) throws Exception {
        RunningProxy.requireTransport(wanted);
        Transport transport = Transport.choose(wanted);
        var own = new MultiThreadIoEventLoopGroup(1, transport.ioHandlerFactory());
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), RunningProxy.freePort());
        try {
            Future<Channel> dialed = new TcpDialer(transport, new Settings().sessions())
                    .dial((EventLoop) own.next(), address, new ChannelInboundHandlerAdapter())
                    .await();
            assertThat(dialed.cause()).isNotNull().isNotInstanceOf(Dialer.NoSocket.class);
        } finally {
            own.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    /** Two sockets of one local port cannot both be connected to one destination: the kernel has no port to give. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void destinationWithoutAPortIsNamedAsSuch(SessionsConfig.Transport wanted) throws Exception {
        RunningProxy.requireTransport(wanted);
        Transport transport = Transport.choose(wanted);
        var own = new MultiThreadIoEventLoopGroup(1, transport.ioHandlerFactory());
        var port = new InetSocketAddress(InetAddress.getLoopbackAddress(), RunningProxy.freePort());
        try (FakeBackend server = new FakeBackend()) {
            TcpDialer dialer = new TcpDialer(transport, new Settings().sessions());
            EventLoop loop = (EventLoop) own.next();
            Future<Channel> first =
                    dialer.dial(loop, server.address(), new FromPort(port)).await();
            Future<Channel> second =
                    dialer.dial(loop, server.address(), new FromPort(port)).await();
            assertThat(first.isSuccess()).isTrue();
            assertThat(second.cause()).isInstanceOf(Dialer.NoPort.class);
            first.getNow().close().sync();
        } finally {
            own.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    /** Connects from a port of the test's choice. */
    private static final class FromPort extends ChannelDuplexHandler {
        private final InetSocketAddress port;

        FromPort(InetSocketAddress port) {
            this.port = port;
        }

        @Override
        public void connect(
                ChannelHandlerContext ctx, SocketAddress remote, SocketAddress local, ChannelPromise promise) {
            ctx.channel().config().setOption(ChannelOption.SO_REUSEADDR, true);
            ctx.connect(remote, port, promise);
        }
    }

    @Test
    void nodeWithoutAPortIsLeftForTheNextAndNotBlamed() {
        OneLoop one = new OneLoop();
        one.publish(Tables.goTo(1, OneLoop.PG1, OneLoop.PG2));
        EmbeddedChannel client = one.start("192.0.2.7");
        one.dialer.last().findsNoPort();
        assertThat(one.dialer.last().address).isEqualTo(OneLoop.PG2.address());
        one.backendAnswers();
        assertThat(OneLoop.sent(client)).isEqualTo(Packets.authenticationOk());
        assertThat(one.connectFailures).isEmpty();
    }

    @Test
    void clientIsRefusedWhenNoNodeHasAPort() {
        OneLoop one = new OneLoop();
        one.publish(Tables.goTo(1, OneLoop.PG1, OneLoop.PG2));
        EmbeddedChannel client = one.start("192.0.2.7");
        one.dialer.last().findsNoPort();
        one.dialer.last().findsNoPort();
        one.turn();
        assertThat(OneLoop.sentText(client)).contains("C53300\0", "pg2 at 192.0.2.2:5432: Cannot assign");
        assertThat(one.connectFailures).isEmpty();
    }

    @Test
    void nodeThatMayComeBackIsWaitedForThoughTheOtherHasNoPort() {
        OneLoop one = new OneLoop();
        one.publish(Tables.goTo(1, OneLoop.PG1, OneLoop.PG2));
        EmbeddedChannel client = one.start("192.0.2.7");
        one.dialer.last().findsNoPort();
        one.dialer.last().isRefused();
        one.advance(100);
        assertThat(OneLoop.sent(client)).isEmpty();
        assertThat(one.dialer.dials).hasSize(3);
    }

    @Test
    void clientIsRefusedAndNoNodeIsBlamed() {
        OneLoop one = new OneLoop();
        one.publish(Tables.goTo(1, OneLoop.PG1, OneLoop.PG2));
        EmbeddedChannel client = one.start("192.0.2.7");
        one.dialer.last().findsNoSocket();
        one.turn();
        assertThat(OneLoop.sentText(client))
                .contains("C53300\0", "cannot open a connection to pg1 at 192.0.2.1:5432: Too many open files");
        assertThat(one.connectFailures).isEmpty();
        assertThat(one.ended(CloseReason.NO_SOCKET)).isEqualTo(1);
        assertThat(one.registry
                        .get("pgproxy.node.connect.failures")
                        .tag("node", "pg1")
                        .counter()
                        .count())
                .isZero();
    }

    @Test
    void failingAcceptsAreOneLineAMinute() {
        try (LogLines lines = new LogLines(AcceptTrouble.class)) {
            EmbeddedChannel listener = new EmbeddedChannel(new AcceptTrouble("primary"));
            for (int i = 0; i < 100; i++) {
                listener.pipeline().fireExceptionCaught(new IOException("accept(..) failed: Too many open files"));
            }
            listener.checkException(); // none has reached the end of the pipeline, where Netty writes a trace
            assertThat(lines.all())
                    .containsExactly("WARN listener primary cannot accept connections and tries again in a second:"
                            + " accept(..) failed: Too many open files (1 times)");
        }
    }
}
