package io.pgproxy.etcd;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.pgproxy.config.EtcdEndpoint;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The event loop and the connections to the members. Confined to who builds the client. */
final class Channels {
    private static final int CONNECT_MILLIS = 1000;
    /** The shortest that gRPC takes; for members that have gone away from a watch, and slower than what we do besides. */
    private static final long PING_SECONDS = 10;

    private static final long CLOSE_MILLIS = 500;

    /** gRPC writes by java.util.logging to standard error; what concerns an operator is told by us. */
    private static final Logger GRPC_LOG = Logger.getLogger("io.grpc");

    private final EventLoopGroup group;
    private final EventLoop loop;
    private final int maxAnswerBytes;

    /** @param thread what the event loop's thread is called */
    Channels(String thread, int maxAnswerBytes) {
        GRPC_LOG.setLevel(Level.OFF);
        group = new MultiThreadIoEventLoopGroup(1, new OneThread(thread), NioIoHandler.newFactory());
        loop = group.next();
        this.maxAnswerBytes = maxAnswerBytes;
    }

    EventLoop loop() {
        return loop;
    }

    /** Connects to the member as soon as it is asked something. */
    ManagedChannel to(EtcdEndpoint endpoint, Optional<SslContext> tls) {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
                .eventLoopGroup(group)
                .channelType(NioSocketChannel.class)
                .executor(loop)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .keepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(PING_SECONDS, TimeUnit.SECONDS)
                .maxInboundMessageSize(maxAnswerBytes)
                .proxyDetector(address -> null) // no environment variable leads us elsewhere
                .disableServiceConfigLookUp()
                .disableRetry();
        if (endpoint.tls()) {
            builder.sslContext(tls.orElseThrow());
        } else {
            builder.usePlaintext();
        }
        return builder.build();
    }

    /** There is one, so it needs no number. */
    private static final class OneThread extends DefaultThreadFactory {
        private final String name;

        OneThread(String name) {
            super(name, true);
            this.name = name;
        }

        @Override
        protected Thread newThread(Runnable task, String numbered) {
            return super.newThread(task, name);
        }
    }

    void close() {
        group.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    }
}
