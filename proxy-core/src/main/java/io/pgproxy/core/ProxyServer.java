package io.pgproxy.core;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.pgproxy.config.BindAddress;
import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.config.SessionsConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The proxy itself: listeners, relay loops, and the way down. Its methods are called by main, one after the other;
 * what is safe from any thread says so.
 */
public final class ProxyServer {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyServer.class);
    /** Connections that the kernel keeps for us while the loops are busy; net.core.somaxconn bounds it. */
    private static final int BACKLOG = 4096;
    /** Between two looks at what the log is owed. */
    private static final long REPORT_MILLIS = 5_000;
    /** Ten thousand callers are accepted in less; an address that is about to go waits no longer for more. */
    private static final Duration ACCEPT_PATIENCE = Duration.ofSeconds(1);
    /** Between two looks at whether the drain is done. */
    private static final long DRAIN_STEP_MILLIS = 50;

    private final PgproxyConfig config;
    private final AddressMoves moves;
    private final LiveSessions sessions;
    private final SelfCalls selfCalls;
    private final Transport transport;
    private final Admission admission;
    private final Reception reception;
    private final NodeLoad load;
    private final LimitsInUse limits;
    private final List<Listener> listeners = new ArrayList<>();
    private final MultiThreadIoEventLoopGroup group;
    private final Map<EventExecutor, RelayLoop> loops = new LinkedHashMap<>();
    private final BoundListeners bound;
    private volatile boolean draining;

    /** The same, with addresses that all stay on this host. */
    public ProxyServer(PgproxyConfig config, CurrentRoutes routes, BackendEvents events, MeterRegistry registry) {
        this(config, routes, events, registry, MovableAddresses.none());
    }

    /**
     * Opens the relay loops; nothing is bound yet.
     *
     * @param routes read once a new connection, and again whenever it changes
     * @param events told what sessions notice about backends
     * @throws IllegalStateException if the configured transport cannot be used on this machine
     */
    public ProxyServer(
            PgproxyConfig config,
            CurrentRoutes routes,
            BackendEvents events,
            MeterRegistry registry,
            MovableAddresses movable) {
        this.config = config;
        this.transport = Transport.choose(config.sessions().transport());
        int descriptors = Descriptors.forConnections();
        this.admission = Admission.of(config.sessions(), maxSessions(config.sessions(), descriptors), descriptors);
        this.reception = new Reception(admission);
        List<String> nodes = config.nodes().stream().map(NodeConfig::name).toList();
        this.load = new NodeLoad(nodes, registry);
        for (ListenerConfig listener : config.listeners()) {
            listeners.add(Listener.of(listener, registry));
        }
        this.limits = new LimitsInUse(admission, load, listeners, EphemeralPorts.count());
        int threads =
                config.sessions().relayThreads().orElse(Runtime.getRuntime().availableProcessors());
        this.group = new MultiThreadIoEventLoopGroup(
                threads, new DefaultThreadFactory("relay"), transport.ioHandlerFactory());
        Dialer dialer = new TcpDialer(transport, config.sessions());
        TlsAnswers tlsAnswers = new TlsAnswers(nodes, registry);
        var shared = new RelayLoop.Shared(routes, events, admission, load, tlsAnswers, dialer, transport, movable);
        for (EventExecutor executor : group) {
            RelayLoop loop = new RelayLoop((EventLoop) executor, config, shared, threads);
            loops.put(executor, loop);
            loop.start();
        }
        if (config.sessions().earlyTlsAnswer()) {
            new TlsProbes(group.next(), routes, tlsAnswers, dialer, config.sessions()).start();
        }
        this.sessions = new LiveSessions(loops.values());
        this.selfCalls = new SelfCalls(group, transport);
        this.bound = new BoundListeners(transport, movable, selfCalls);
        this.moves = new AddressMoves(movable, loops.values(), this::acceptAll);
        group.next().scheduleAtFixedRate(this::report, REPORT_MILLIS, REPORT_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** More than fit would be refused anyway, by the kernel and for the wrong ones. */
    private static int maxSessions(SessionsConfig config, int descriptors) {
        int fit = Descriptors.sessionsIn(descriptors);
        return Math.min(config.max().orElse(fit), fit);
    }

    private void report() {
        long now = System.nanoTime();
        listeners.forEach(listener -> listener.flushLogs(now));
        limits.warnOfPorts(now);
    }

    /**
     * Binds every listener, or none.
     *
     * @throws IOException naming the listener, its address and what the kernel said
     */
    public void bind() throws IOException {
        if (transport == Transport.NIO
                && config.sessions().unacknowledgedTimeout().isPresent()) {
            LOG.warn("unacknowledged-timeout has no effect with transport nio, which cannot ask the kernel for it");
        }
        int fit = admission.sessions().max();
        if (config.sessions().max().orElse(fit) > fit) {
            LOG.warn(
                    "sessions.max is {}, but the limit on open files leaves room for {}: at most {} sessions",
                    config.sessions().max().getAsInt(),
                    fit,
                    fit);
        }
        LOG.info("transport {}, {} relay threads, at most {} sessions", transport.label(), loops.size(), fit);
        listen();
        for (Listener listener : listeners) {
            LOG.info(
                    "listener {} on {}, route {}",
                    listener.name(),
                    listener.config().bind(),
                    word(listener));
        }
    }

    /** The same without a word in the log. */
    void listen() throws IOException {
        for (Listener listener : listeners) {
            BindAddress address = listener.config().bind();
            try {
                bound.bind(listener, bootstrap(listener));
            } catch (IOException e) {
                bound.unbind();
                throw new IOException(
                        "listener " + listener.name() + " cannot listen on " + address + ": " + e.getMessage(), e);
            }
        }
    }

    /** Where a listener that is bound to port 0 can be reached. */
    InetSocketAddress boundAddress(String listener) {
        return bound.addressOf(listener);
    }

    private ServerBootstrap bootstrap(Listener listener) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(transport.serverChannel)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel client) {
                        InetSocketAddress peer = client.remoteAddress();
                        if (peer != null && selfCalls.isOne(peer)) {
                            Reset.of(client);
                            return;
                        }
                        RelayLoop loop = Objects.requireNonNull(loops.get(client.eventLoop()));
                        reception.accepted(client, client.localAddress(), peer, listener, loop);
                    }
                });
        new SocketOptions(transport, config.sessions()).applyToChildrenOf(bootstrap);
        return bootstrap;
    }

    /** What the proxy is doing right now. Safe from any thread. */
    public ProxyStatus status() {
        return new ProxyStatus(
                transport.label(),
                loops.size(),
                draining,
                listeners.stream().map(this::statusOf).toList(),
                load.sessions(),
                limits.all());
    }

    /** Its sessions, to look at and to end. Safe from any thread. */
    public LiveSessions sessions() {
        return sessions;
    }

    private ProxyStatus.ListenerStatus statusOf(Listener listener) {
        return new ProxyStatus.ListenerStatus(
                listener.name(),
                listener.config().bind().toString(),
                bound.has(listener),
                word(listener),
                listener.counts().established().get(),
                listener.counts().parked().get());
    }

    private static String word(Listener listener) {
        return listener.config().route().name().toLowerCase(Locale.ROOT);
    }

    /** Completes when every relay loop has turned once more; never, if one of them hangs. Safe from any thread. */
    public CompletionStage<Void> turns() {
        return CompletableFuture.allOf(loops.values().stream()
                .map(loop -> CompletableFuture.runAsync(() -> {}, loop.eventLoop()))
                .toArray(CompletableFuture<?>[]::new));
    }

    /** Whether every listener accepts connections. Safe from any thread. */
    public boolean isBound() {
        return bound.areAll(listeners);
    }

    /**
     * Connects to every listener, as a client on this host would, and closes when it was accepted. Neither log nor
     * metrics know of it, and no limit or rule is in its way. Safe from any thread.
     *
     * @return completes when each has accepted; fails if one is not bound, or does not accept within that time. One
     *     whose address is on another host cannot be asked and is left out. It completes on any thread, which may be a
     *     relay loop and must not be blocked
     */
    public CompletionStage<Void> answers(Duration timeout) {
        return bound.answer(listeners, timeout);
    }

    /** Completes when whoever has called by now was accepted; the kernel has reset those whose listener is closed. */
    private CompletionStage<Void> acceptAll() {
        return bound.answer(listeners.stream().filter(bound::has).toList(), ACCEPT_PATIENCE);
    }

    /** Whether a listener could not accept lately, for want of descriptors above all. Safe from any thread. */
    public boolean hasFailedToAccept(Duration within) {
        return bound.hasFailedToAccept(within);
    }

    /**
     * How many more sockets of clients and backends fit under the limit on open files; below 0 while the reserve helps
     * out. Safe from any thread.
     */
    public int freeDescriptors() {
        return admission.descriptors().max() - admission.descriptors().used();
    }

    /**
     * Resets every connection that comes by one of these addresses from now on, as soon as it is accepted. Safe from
     * any thread.
     *
     * @throws IllegalArgumentException if one of them is not an address that may move
     */
    public void closeTo(Set<InetAddress> addresses) {
        moves.close(addresses);
    }

    /**
     * Lets clients in again by these addresses. Whatever {@link #endSessionsBy} has begun there is called off. Safe
     * from any thread.
     *
     * @throws IllegalArgumentException if one of them is not an address that may move
     */
    public void openTo(Set<InetAddress> addresses) {
        moves.open(addresses);
    }

    /**
     * Closes these addresses as {@link #closeTo} does, and ends every connection that came by one of them, whatever it
     * is at and whichever listener accepted it. Who waits for a backend is told why; all others are reset, so that
     * they hear of it while the address is still here. Safe from any thread.
     *
     * @param drain for so long those that are here may go on; 0 if they may not
     * @return completes when none of them is left, soon after the drain at the latest, or fails with a
     *     CancellationException as the cause if one of the addresses is opened before that; never, if a relay loop
     *     hangs. It does so on any thread, which may be a relay loop and must not be blocked
     * @throws IllegalArgumentException if one of them is not an address that may move
     */
    public CompletionStage<Void> endSessionsBy(Set<InetAddress> addresses, Duration drain) {
        return moves.end(addresses, drain);
    }

    /**
     * Stops accepting, refuses whoever waits for a backend, and lets the other sessions finish.
     *
     * @return completes when the last session has ended, or when the drain timeout has passed; not on a relay loop, so
     *     that {@link #close} may follow
     */
    public CompletionStage<Void> drain() {
        draining = true;
        bound.unbind();
        loops.values().forEach(loop -> loop.execute(loop::drain));
        CompletableFuture<Void> drained = new CompletableFuture<>();
        long deadline = System.nanoTime() + config.sessions().drainTimeout().toNanos();
        LOG.info(
                "draining {} connections, at most {} s",
                admission.connections().used(),
                config.sessions().drainTimeout().toSeconds());
        var watch = group.next()
                .scheduleAtFixedRate(
                        () -> {
                            if (admission.connections().used() == 0 || System.nanoTime() - deadline >= 0) {
                                drained.completeAsync(() -> null);
                            }
                        },
                        0,
                        DRAIN_STEP_MILLIS,
                        TimeUnit.MILLISECONDS);
        return drained.whenComplete((nothing, failure) -> watch.cancel(false));
    }

    /** Ends every session and the loops, and returns when they have ended or after six seconds. */
    public void close() {
        LOG.info("closing {} connections", admission.connections().used());
        end();
    }

    /** The same without a word in the log. */
    void end() {
        draining = true;
        bound.unbind();
        // A loop that is told to stop closes its channels before it does what it was told last.
        CompletableFuture<?>[] ended = loops.values().stream()
                .map(loop -> loop.endAll().toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(ended)
                .completeOnTimeout(null, LastWords.PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                .join();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
