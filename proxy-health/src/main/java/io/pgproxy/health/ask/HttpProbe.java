package io.pgproxy.health.ask;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.health.decide.PatroniAnswerReader;
import io.pgproxy.health.decide.ProbeOutcome;
import io.pgproxy.health.decide.ProbeOutcome.Kind;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Asks Patroni's REST API: one GET /primary, one connection, closed at once. Patroni serves few connections at a time
 * and one request on each. Safe from any thread; the work is done on the event loop given.
 */
public final class HttpProbe implements Probe {
    /** The status line and each header of Patroni's take less than 100. */
    private static final int MAX_LINE_BYTES = 1024;

    private static final int MAX_HEADER_BYTES = 8 * 1024;

    private final EventLoop loop;
    private final Duration timeout;
    private final Optional<PatroniCertificates> certificates;
    private final ChannelFactory<? extends Channel> sockets;

    /**
     * A probe that allows each check that long, from the start of the connect to the last byte.
     *
     * @param certificates needed as soon as one node is asked over https
     */
    public HttpProbe(EventLoop loop, Duration timeout, Optional<PatroniCertificates> certificates) {
        this(loop, timeout, certificates, NioSocketChannel::new);
    }

    HttpProbe(
            EventLoop loop,
            Duration timeout,
            Optional<PatroniCertificates> certificates,
            ChannelFactory<? extends Channel> sockets) {
        this.loop = loop;
        this.timeout = timeout;
        this.certificates = certificates;
        this.sockets = sockets;
    }

    @Override
    public CompletionStage<ProbeOutcome> ask(NodeConfig node, InetAddress address) {
        CompletableFuture<ProbeOutcome> outcome = new CompletableFuture<>();
        ChannelFuture connect = bootstrap(node, outcome).connect(address, node.patroniPort());
        ScheduledFuture<?> deadline =
                loop.schedule(() -> timeOut(connect, outcome), timeout.toNanos(), TimeUnit.NANOSECONDS);
        connect.addListener(done -> {
            if (!done.isSuccess()) {
                outcome.complete(CheckFailure.of(done.cause()));
            }
        });
        outcome.whenComplete((result, failure) -> {
            deadline.cancel(false);
            connect.channel().close();
        });
        return outcome;
    }

    private void timeOut(ChannelFuture connect, CompletableFuture<ProbeOutcome> outcome) {
        String what = connect.isSuccess() ? "no answer within " : "connect timed out after ";
        outcome.complete(ProbeOutcome.failed(Kind.TIMED_OUT, what + timeout.toMillis() + " ms"));
    }

    private Bootstrap bootstrap(NodeConfig node, CompletableFuture<ProbeOutcome> outcome) {
        return new Bootstrap()
                .group(loop)
                .channelFactory(this::openSocket)
                // Ours is the one deadline; Netty's own would end the connect with another text.
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        addHandlers(channel.pipeline(), node, outcome);
                    }
                });
    }

    private Channel openSocket() {
        try {
            return sockets.newChannel();
        } catch (RuntimeException e) {
            throw new CheckFailure.NoSocket(e);
        }
    }

    private void addHandlers(ChannelPipeline pipeline, NodeConfig node, CompletableFuture<ProbeOutcome> outcome) {
        if (node.patroniScheme() == NodeConfig.Scheme.HTTPS) {
            pipeline.addLast(certificates.orElseThrow().handler(pipeline.channel(), node));
        }
        HttpDecoderConfig limits =
                new HttpDecoderConfig().setMaxInitialLineLength(MAX_LINE_BYTES).setMaxHeaderSize(MAX_HEADER_BYTES);
        pipeline.addLast(new HttpClientCodec(limits, false, false));
        pipeline.addLast(new HttpObjectAggregator(PatroniAnswerReader.MAX_BODY_BYTES));
        pipeline.addLast(new HttpCheck(node, outcome));
    }
}
