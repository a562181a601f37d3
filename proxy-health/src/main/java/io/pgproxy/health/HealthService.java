package io.pgproxy.health;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.pgproxy.config.ListenerConfig.Route;
import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.core.BackendEvents;
import io.pgproxy.core.Candidate;
import io.pgproxy.core.CurrentRoutes;
import io.pgproxy.health.ask.NameLookup;
import io.pgproxy.health.ask.PatroniCertificates;
import io.pgproxy.health.ask.Probe;
import io.pgproxy.health.decide.LeaderKey;
import io.pgproxy.health.stopwatch.Failover;
import io.pgproxy.health.store.PatroniStoreWatch;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Health as the rest of the program sees it: started once, publishes to {@link CurrentRoutes}, is told what sessions
 * notice, can be asked for its status, closed once. Safe from any thread; the work is done on the control thread.
 */
public final class HealthService implements BackendEvents, AutoCloseable {
    /** A check ends within its timeout; what comes of it has to be decided and published. */
    private static final Duration FIRST_ROUND_MARGIN = Duration.ofSeconds(1);

    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(3);
    private static final Logger LOG = LoggerFactory.getLogger(HealthService.class);

    private final Duration firstRoundPatience;
    private final EventLoopGroup group;
    private final EventLoop control;
    private final ExecutorService lookups;
    private final ControlLoop loop;
    private final Hints failedConnects;
    private final Hints endedSessions;
    private final FailoverWatch failovers;
    private final FirstSessions firstSessions;
    private final Optional<NodesFile> nodesFile;
    private final LongSupplier clock;
    private final Optional<PatroniCertificates> certificates;
    private final Optional<CertificateWatch> watch;
    private final Optional<PatroniStoreWatch> storeWatch;
    private final boolean lacksScope;

    /** What is asked beyond this process: the nodes, the files, the resolver, the time. */
    record Outside(
            Function<EventLoop, Probe> probe,
            Optional<PatroniCertificates> certificates,
            NameLookup names,
            LongSupplier clock) {}

    /**
     * Prepares the pollers; asks nobody yet.
     *
     * @throws IllegalArgumentException if Patroni's certificates, our key or one of etcd's files cannot be used, saying
     *     which
     */
    public HealthService(PgproxyConfig config, CurrentRoutes routes, MeterRegistry meters) {
        this(config, routes, meters, HealthAssembly.certificates(config));
    }

    private HealthService(
            PgproxyConfig config,
            CurrentRoutes routes,
            MeterRegistry meters,
            Optional<PatroniCertificates> certificates) {
        this(
                config,
                routes,
                meters,
                new Outside(
                        HealthAssembly.httpProbe(config, certificates),
                        certificates,
                        HealthService::allAddresses,
                        System::nanoTime));
    }

    HealthService(PgproxyConfig config, CurrentRoutes routes, MeterRegistry meters, Outside outside) {
        this.firstRoundPatience = config.health().timeout().plus(FIRST_ROUND_MARGIN);
        this.clock = outside.clock();
        this.certificates = outside.certificates();
        this.watch = certificates.map(CertificateWatch::new);
        ThreadFactory threads = work -> HealthAssembly.daemon(work, "control");
        this.group = new MultiThreadIoEventLoopGroup(1, threads, NioIoHandler.newFactory());
        this.control = group.next();
        this.lookups = HealthAssembly.lookups(config);
        HealthAssembly assembly = new HealthAssembly(config, control, clock);
        this.failovers = assembly.failovers(meters);
        this.nodesFile = HealthAssembly.nodesFile(config);
        NodesInUse nodes = assembly.nodes(nodesFile, outside.probe().apply(control), outside.names(), lookups);
        this.loop = assembly.loop(nodes, routes, failovers, meters);
        certificates.ifPresent(ours -> HealthAssembly.register(ours, nodes, meters));
        this.failedConnects = new Hints(control, loop::connectFailed);
        this.endedSessions = new Hints(control, loop::hinted);
        this.firstSessions = new FirstSessions(control, failovers);
        this.storeWatch = HealthAssembly.storeWatch(config, new StoreNews(control, loop::stored));
        storeWatch.ifPresent(store -> new StoreGauges(meters, store).register());
        this.lacksScope = HealthAssembly.lacksScope(config);
    }

    private static List<InetAddress> allAddresses(String host) throws UnknownHostException {
        return List.of(InetAddress.getAllByName(host));
    }

    /**
     * Starts asking. The stage completes, never exceptionally, when every node has answered or has been given up on
     * once, and the table made of that is published; at the latest a second after {@code health.timeout}.
     */
    public CompletionStage<Void> start() {
        watch.ifPresent(CertificateWatch::start);
        control.execute(() -> loop.start(firstRoundPatience));
        storeWatch.ifPresent(PatroniStoreWatch::begin);
        if (lacksScope) {
            LOG.info("etcd: Patroni's keys are not watched, since patroni.scope is not set");
        }
        return loop.firstRound();
    }

    /** What is known right now. */
    public HealthStatus status() {
        List<String> warnings = certificates.map(PatroniCertificates::warnings).orElse(List.of());
        Knowledge known = loop.knowledge();
        Optional<String> leaderKey = known.outlook().cluster().leaderKey().map(LeaderKey::member);
        Optional<StoreStatus> store =
                storeWatch.map(watched -> StoreStatus.of(watched.status(), leaderKey, System.nanoTime()));
        MembersStatus members = MembersStatus.of(
                known.membership(), nodesFile.map(NodesFile::trouble).orElse(""));
        return HealthStatus.of(known, store, members, warnings, clock.getAsLong());
    }

    /** The last changes of the primary, the newest first; one that is under way is among them. */
    public List<Failover> failovers() {
        return failovers.all();
    }

    /** Completes when the control loop has turned once more; never, if it hangs. */
    public CompletionStage<Void> turns() {
        return CompletableFuture.runAsync(() -> {}, control);
    }

    @Override
    public void connectFailed(String node, String reason) {
        failedConnects.about(node);
    }

    @Override
    public void backendClosed(String node) {
        endedSessions.about(node);
    }

    @Override
    public void sessionParked(Route route, long nowNanos) {
        if (!route.servesReads()) {
            firstSessions.parked(nowNanos);
        }
    }

    @Override
    public void sessionAnswered(Candidate candidate, long nowNanos) {
        boolean takesWrites =
                switch (candidate.role()) {
                    case PRIMARY, LEADER -> true;
                    case REPLICA, ANY, FALLBACK -> false;
                };
        if (takesWrites) {
            firstSessions.served(candidate.node(), nowNanos);
        }
    }

    /** Stops asking and publishing; returns when the control thread has ended, or after a few seconds. */
    @Override
    public void close() {
        storeWatch.ifPresent(PatroniStoreWatch::close);
        if (!group.isShuttingDown()) {
            control.execute(loop::close);
        }
        group.shutdownGracefully(0, CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(CLOSE_PATIENCE.toMillis());
        lookups.shutdownNow();
        nodesFile.ifPresent(NodesFile::close);
        watch.ifPresent(CertificateWatch::close);
    }
}
