package io.pgproxy.core;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.channel.uring.IoUringTcpInfo;
import io.pgproxy.config.SessionsConfig;
import java.util.Locale;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/** The ways to the kernel's sockets, and what differs between them. Immutable. */
@SuppressWarnings("ImmutableEnumChecker") // a ChannelOption is a named constant, it only lacks the annotation
enum Transport {
    IO_URING(
            IoUringServerSocketChannel.class,
            IoUringSocketChannel.class,
            IoUringChannelOption.TCP_KEEPIDLE,
            IoUringChannelOption.TCP_KEEPINTVL,
            IoUringChannelOption.TCP_KEEPCNT,
            IoUringChannelOption.TCP_USER_TIMEOUT,
            IoUringChannelOption.IP_FREEBIND) {
        @Override
        IoHandlerFactory ioHandlerFactory() {
            return IoUringIoHandler.newFactory();
        }

        @Override
        @Nullable Throwable whyNot() {
            return IoUring.unavailabilityCause();
        }

        @Override
        long unacknowledgedMillis(Channel channel) {
            IoUringTcpInfo info = ((IoUringSocketChannel) channel).tcpInfo();
            return info.unacked() > 0 ? info.lastAckRecv() : 0;
        }
    },
    EPOLL(
            EpollServerSocketChannel.class,
            EpollSocketChannel.class,
            EpollChannelOption.TCP_KEEPIDLE,
            EpollChannelOption.TCP_KEEPINTVL,
            EpollChannelOption.TCP_KEEPCNT,
            EpollChannelOption.TCP_USER_TIMEOUT,
            EpollChannelOption.IP_FREEBIND) {
        @Override
        IoHandlerFactory ioHandlerFactory() {
            return new LastingEpoll();
        }

        @Override
        @Nullable Throwable whyNot() {
            return Epoll.unavailabilityCause();
        }

        @Override
        long unacknowledgedMillis(Channel channel) {
            EpollTcpInfo info = ((EpollSocketChannel) channel).tcpInfo();
            return info.unacked() > 0 ? info.lastAckRecv() : 0;
        }
    },
    NIO(
            NioServerSocketChannel.class,
            NioSocketChannel.class,
            NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE),
            NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL),
            NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT),
            null,
            null) {
        @Override
        IoHandlerFactory ioHandlerFactory() {
            return NioIoHandler.newFactory();
        }

        @Override
        @Nullable Throwable whyNot() {
            return null;
        }

        @Override
        long unacknowledgedMillis(Channel channel) {
            return 0;
        }
    };

    final Class<? extends ServerSocketChannel> serverChannel;
    final Class<? extends SocketChannel> channel;
    final ChannelOption<Integer> keepIdleSeconds;
    final ChannelOption<Integer> keepIntervalSeconds;
    final ChannelOption<Integer> keepCount;
    /** Absent where the Java runtime offers no such option. */
    final @Nullable ChannelOption<Integer> userTimeoutMillis;
    /** To listen on an address that is not on this host yet, IPv4 and IPv6 alike; absent like the one before. */
    final @Nullable ChannelOption<Boolean> freeBind;

    Transport(
            Class<? extends ServerSocketChannel> serverChannel,
            Class<? extends SocketChannel> channel,
            ChannelOption<Integer> keepIdleSeconds,
            ChannelOption<Integer> keepIntervalSeconds,
            ChannelOption<Integer> keepCount,
            @Nullable ChannelOption<Integer> userTimeoutMillis,
            @Nullable ChannelOption<Boolean> freeBind) {
        this.serverChannel = serverChannel;
        this.channel = channel;
        this.keepIdleSeconds = keepIdleSeconds;
        this.keepIntervalSeconds = keepIntervalSeconds;
        this.keepCount = keepCount;
        this.userTimeoutMillis = userTimeoutMillis;
        this.freeBind = freeBind;
    }

    abstract IoHandlerFactory ioHandlerFactory();

    /** Why this machine cannot use it; null if it can. */
    abstract @Nullable Throwable whyNot();

    /**
     * While sent data waits for an acknowledgement, how long ago the last one of any kind came, from the kernel's
     * TCP_INFO; otherwise 0. A peer with a closed window acknowledges the kernel's probes. Always 0 on {@link #NIO},
     * which cannot ask.
     */
    abstract long unacknowledgedMillis(Channel channel);

    /**
     * The transport that was asked for.
     *
     * @throws IllegalStateException if the machine cannot use it; the message says why
     */
    static Transport choose(SessionsConfig.Transport wanted) {
        return switch (wanted) {
            // epoll before io_uring: equal throughput was measured, and epoll is the one that containers allow.
            case AUTO -> EPOLL.whyNot() == null ? EPOLL : NIO;
            case IO_URING -> IO_URING.orThrow();
            case EPOLL -> EPOLL.orThrow();
            case NIO -> NIO;
        };
    }

    /** The word for it in configuration, log and status. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    private Transport orThrow() {
        Throwable cause = whyNot();
        if (cause != null) {
            throw new IllegalStateException(
                    "transport " + label() + " cannot be used here: " + cause.getMessage(), cause);
        }
        return this;
    }
}
