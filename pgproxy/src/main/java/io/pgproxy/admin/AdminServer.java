package io.pgproxy.admin;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.pgproxy.config.AdminConfig;
import io.pgproxy.config.BindAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin HTTP port, and the Unix socket if there is something to order, on a thread of its own, so that neither a
 * slow scrape nor a busy relay delays the other.
 *
 * <p>{@link #bind} and {@link #close} belong to the main thread; everything else happens on the admin thread.
 */
public final class AdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

    /** A path of ours has some 20 characters; the rest is for query strings, which only orders look at. */
    private static final int MAX_REQUEST_LINE_BYTES = 2048;
    /** Browsers send every cookie that any other port of the host has set. */
    private static final int MAX_HEADER_BYTES = 16 * 1024;

    private static final int MAX_CONNECTIONS = 64;
    private static final Duration CONNECTION_LIFETIME = Duration.ofSeconds(10);

    private static final Duration TURN_INTERVAL = Duration.ofSeconds(1);
    /** A loop that turns takes microseconds to say so; the longest thing that may come in between is a collection. */
    private static final Duration TURN_TOLERANCE = Duration.ofSeconds(5);

    private final AdminConfig config;
    private final Map<String, Order> orders;
    private final Heartbeat heartbeat;
    private final Pages pages;
    private final MeterRegistry registry;
    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, AdminServer::thread, NioIoHandler.newFactory());
    private @Nullable AdminSocket socket;

    /**
     * Opens the thread; nothing is bound yet. What is given is called on that thread and must not block for long.
     *
     * @param turns for each kind of loop: asks it for a turn, completes when it has made one
     * @param orders what may be asked and ordered over the socket only, by path
     */
    public AdminServer(
            AdminConfig config,
            Contents contents,
            Map<String, Supplier<CompletionStage<Void>>> turns,
            Map<String, Order> orders,
            MeterRegistry registry) {
        this.config = config;
        this.orders = Map.copyOf(orders);
        this.registry = registry;
        heartbeat = new Heartbeat(turns);
        pages = new Pages(contents, () -> heartbeat.stuck(System.nanoTime(), TURN_TOLERANCE.toNanos()));
    }

    /**
     * Answers from now on. Without the socket it is still of use, so the lack of that is only said.
     *
     * @return the address that was bound, which tells the port where the configuration left it to the kernel
     * @throws IOException if the address can't be had; says which and why
     */
    public InetSocketAddress bind() throws IOException {
        ChannelFuture bound = bootstrap(NioServerSocketChannel.class, Orders.refused(orders, config.socket()))
                .bind(socketAddress())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "admin cannot listen on " + config.bind() + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        loop.scheduleAtFixedRate(
                () -> heartbeat.ask(System.nanoTime()), 0, TURN_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        LOG.info("admin listens on {}", config.bind());
        if (!orders.isEmpty()) {
            bindSocket();
        }
        return (InetSocketAddress) bound.channel().localAddress();
    }

    private void bindSocket() {
        try {
            socket = AdminSocket.bind(
                    config.socket(),
                    bootstrap(NioServerDomainSocketChannel.class, Orders.heeded(orders, config.socket())));
            LOG.info("admin takes orders on {}", config.socket());
        } catch (IOException e) {
            LOG.warn("admin takes no orders: {}", e.getMessage());
        }
    }

    /** Ends every connection. */
    @Override
    public void close() throws IOException {
        try {
            if (socket != null) {
                socket.close();
            }
        } finally {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new FastThreadLocalThread(task, "admin");
        thread.setDaemon(true);
        return thread;
    }

    /** Each door has places of its own: strangers who fill the port must not be in the way of an order. */
    private ServerBootstrap bootstrap(Class<? extends ServerChannel> kind, Orders heard) {
        ConnectionLimits limits = new ConnectionLimits(MAX_CONNECTIONS, CONNECTION_LIFETIME, registry);
        return new ServerBootstrap()
                .group(loop)
                .channel(kind)
                .option(ChannelOption.SO_BACKLOG, MAX_CONNECTIONS)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        build(channel, limits, heard);
                    }
                });
    }

    private void build(Channel channel, ConnectionLimits limits, Orders heard) {
        HttpDecoderConfig bounds = new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
                .setMaxHeaderSize(MAX_HEADER_BYTES);
        channel.pipeline().addLast(limits, new HttpServerCodec(bounds), new AdminHandler(pages, heard, registry));
    }

    private InetSocketAddress socketAddress() {
        BindAddress address = config.bind();
        return address.isWildcard()
                ? new InetSocketAddress(address.port())
                : new InetSocketAddress(address.host(), address.port());
    }
}
