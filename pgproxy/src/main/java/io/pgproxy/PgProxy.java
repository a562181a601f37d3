package io.pgproxy;

import io.pgproxy.admin.AdminServer;
import io.pgproxy.admin.Contents;
import io.pgproxy.admin.Order;
import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.config.VipConfig;
import io.pgproxy.core.CurrentRoutes;
import io.pgproxy.core.MovableAddresses;
import io.pgproxy.core.ProxyServer;
import io.pgproxy.core.Rehearsal;
import io.pgproxy.health.HealthService;
import java.io.IOException;
import java.lang.ref.Reference;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The proxy, whole: every part is built here and told of those that it needs. Confined to the main thread.
 *
 * <pre>
 *   health ──publishes──► routes ◄──reads── proxy ◄── lets in, sends away ── virtual addresses
 *      ▲                                      │                                     ▲
 *      └────────── what sessions notice ──────┴──────────────── fit? ───────────────┘
 * </pre>
 */
final class PgProxy {
    private static final Logger LOG = LoggerFactory.getLogger(PgProxy.class);
    /** Above the drain's own deadline: what takes longer is a fault. */
    private static final Duration DRAIN_GRACE = Duration.ofSeconds(5);

    private final PgproxyConfig config;
    private final Duration drainTimeout;
    private final ServiceManager serviceManager;
    private final Metrics metrics;
    private final HealthService health;
    private final ProxyServer proxy;
    private final AdminServer admin;
    private final Optional<VirtualAddresses> addresses;
    private final Optional<Fitness> fitness;

    /**
     * Builds every part; nothing is asked or bound yet.
     *
     * @param lostLines how many lines the log has lost
     * @param serviceManager told when we are ready, and that we live
     * @throws IllegalArgumentException if Patroni's certificates, our key, the members' secret or one of etcd's files
     *     can't be used
     * @throws IllegalStateException if this machine doesn't have the transport that is configured
     * @throws IOException if this machine doesn't have what the virtual address needs
     */
    PgProxy(PgproxyConfig config, LongSupplier lostLines, ServiceManager serviceManager) throws IOException {
        CurrentRoutes routes = new CurrentRoutes(System.nanoTime());
        this.config = config;
        this.serviceManager = serviceManager;
        drainTimeout = config.sessions().drainTimeout();
        metrics = new Metrics(Build.version(), lostLines);
        health = new HealthService(config, routes, metrics.registry());
        List<InetAddress> virtual = config.vip().map(VipConfig::addresses).orElse(List.of());
        proxy = new ProxyServer(config, routes, health, metrics.registry(), MovableAddresses.closedAtFirst(virtual));
        AddressNews news = new AddressNews();
        WritesInSight writes = new WritesInSight(config.listeners(), routes, health::turns, System::nanoTime);
        addresses = config.vip().isPresent()
                ? Optional.of(new VirtualAddresses(
                        config.vip().get(),
                        config.etcd(),
                        StopPostCommand.folder(config.admin()),
                        writes.isNeeded(),
                        new ProxyVisitors(proxy, virtual),
                        news))
                : Optional.empty();
        fitness = addresses.map(vip -> new Fitness(proxy, news::networkIsReachable, writes, vip::fitness));
        addresses.ifPresent(vip -> new VipMetrics(vip.manager()::status, vip.manager()).bindTo(metrics.registry()));
        Map<String, Order> orders = new HashMap<>();
        SessionParameters parameters = new SessionParameters(this::nodes);
        orders.put(SessionsCommand.PATH, new SessionsOrder(proxy.sessions(), parameters));
        orders.put(SessionsCommand.END_PATH, new EndOrder(proxy.sessions(), parameters));
        addresses.ifPresent(vip -> orders.put(MoveCommand.PATH, vip.move()));
        admin = new AdminServer(
                config.admin(),
                new Contents(
                        new StatusSource(
                                config,
                                proxy,
                                health,
                                routes,
                                () -> addresses.map(vip -> vip.report().get())),
                        new FailoverSource(config.failovers(), health::failovers),
                        metrics::scrape),
                Map.of("control loop", health::turns, "relay loops", proxy::turns),
                orders,
                metrics.registry());
    }

    /** Comes up, serves until it is asked to stop, goes down. */
    ExitCode run(StopSignals signals) {
        boolean well = true;
        try {
            start(signals);
            CompletableFuture.anyOf(asked(signals), brokenDown()).join();
        } catch (IOException e) {
            LOG.error("cannot start: {}", e.getMessage());
            well = false;
        } catch (RuntimeException | Error e) {
            LOG.error("cannot go on", e);
            well = false;
        }
        try {
            return stop() && well ? ExitCode.OK : ExitCode.FAILURE;
        } finally {
            Reference.reachabilityFence(addresses); // a lock that nobody knows any more would be given back
        }
    }

    /** A node that is forgotten may still have sessions. */
    private Collection<String> nodes() {
        Set<String> names = new LinkedHashSet<>();
        health.status().nodes().forEach(node -> names.add(node.name()));
        proxy.status().sessionsByNode().forEach((node, sessions) -> {
            if (sessions > 0) {
                names.add(node);
            }
        });
        return names;
    }

    private static CompletableFuture<Void> asked(StopSignals signals) {
        return signals.asked().toCompletableFuture();
    }

    /** Never done without an exception. Nobody but the supervisor can bring the thread with the addresses back. */
    private CompletableFuture<Void> brokenDown() {
        return addresses.map(vip -> vip.manager().ended().toCompletableFuture()).orElseGet(CompletableFuture::new);
    }

    /** Clients are let in when it is known where they can go, and not before: a standby that can't tell stays away. */
    private void start(StopSignals signals) throws IOException {
        admin.bind();
        CompletableFuture<?> firstRound = health.start().toCompletableFuture();
        addresses.ifPresent(vip -> rehearse(vip, signals));
        CompletableFuture.anyOf(firstRound, asked(signals)).join();
        if (!asked(signals).isDone()) {
            proxy.bind();
            if (addresses.isPresent()) {
                addresses.get().start(serviceManager::alive);
            } else {
                serviceManager.watch(health::turns);
            }
            fitness.ifPresent(Fitness::start);
            serviceManager.ready();
            LOG.info("started");
        }
    }

    /**
     * While the first checks are under way: who may have to take over in a moment does nothing then for the first time.
     */
    private void rehearse(VirtualAddresses vip, StopSignals signals) {
        new FirstRehearsal(() -> {
                    vip.rehearse();
                    return Rehearsal.of(config, () -> asked(signals).isDone());
                })
                .hold();
    }

    private boolean stop() {
        serviceManager.stopping();
        StopSteps steps = new StopSteps();
        fitness.ifPresent(look -> steps.then("fitness", look::close));
        addresses.ifPresent(vip -> steps.then("virtual address", vip::end));
        if (!brokenDown().isCompletedExceptionally()) {
            steps.then("drain", this::drain); // else the other members wait for our end to be told
        }
        boolean well = steps.then("sessions", proxy::close)
                .then("health", health::close)
                .then("admin", admin::close)
                .then("metrics", metrics::close)
                .take();
        LOG.info("stopped");
        return well;
    }

    private void drain() throws Exception {
        long limitMillis = drainTimeout.plus(DRAIN_GRACE).toMillis();
        proxy.drain().toCompletableFuture().get(limitMillis, TimeUnit.MILLISECONDS);
    }
}
