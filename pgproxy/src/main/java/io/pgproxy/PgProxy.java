package io.pgproxy;

import io.pgproxy.admin.AdminServer;
import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.core.CurrentRoutes;
import io.pgproxy.core.ProxyServer;
import io.pgproxy.health.HealthService;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The proxy, whole: every part is built here and told of those that it needs. Confined to the main thread.
 *
 * <pre>
 *   health ──publishes──► routes ◄──reads── proxy
 *      ▲                                      │
 *      └────────── what sessions notice ──────┘
 * </pre>
 */
final class PgProxy {
    private static final Logger LOG = LoggerFactory.getLogger(PgProxy.class);
    /** Above the drain's own deadline: what takes longer is a fault. */
    private static final Duration DRAIN_GRACE = Duration.ofSeconds(5);

    private final Duration drainTimeout;
    private final Metrics metrics;
    private final HealthService health;
    private final ProxyServer proxy;
    private final AdminServer admin;

    /**
     * Builds every part; nothing is asked or bound yet.
     *
     * @param lostLines how many lines the log has lost
     * @throws IllegalArgumentException if Patroni's certificates or our key can't be read
     * @throws IllegalStateException if this machine doesn't have the transport that is configured
     */
    PgProxy(PgproxyConfig config, LongSupplier lostLines) {
        CurrentRoutes routes = new CurrentRoutes(System.nanoTime());
        drainTimeout = config.sessions().drainTimeout();
        metrics = new Metrics(Build.version(), lostLines);
        health = new HealthService(config, routes, metrics.registry());
        proxy = new ProxyServer(config, routes, health, metrics.registry());
        admin = new AdminServer(
                config.admin().bind(),
                new StatusSource(config, proxy, health, routes),
                metrics::scrape,
                Map.of("control loop", health::turns, "relay loops", proxy::turns),
                metrics.registry());
    }

    /** The program. */
    public static void main(String[] arguments) {
        System.exit(new Commands(System.out, System.err).execute(arguments).number());
    }

    /** Comes up, serves until it is asked to stop, goes down. */
    ExitCode run(StopSignals signals) {
        boolean well = true;
        try {
            start(signals);
            signals.await();
        } catch (IOException e) {
            LOG.error("cannot start: {}", e.getMessage());
            well = false;
        } catch (RuntimeException e) {
            LOG.error("cannot go on", e);
            well = false;
        }
        return stop() && well ? ExitCode.OK : ExitCode.FAILURE;
    }

    /** Clients are let in when it is known where they can go, and not before: a standby that can't tell stays away. */
    private void start(StopSignals signals) throws IOException {
        admin.bind();
        CompletableFuture<?> firstRound = health.start().toCompletableFuture();
        CompletableFuture<Void> asked = signals.asked().toCompletableFuture();
        CompletableFuture.anyOf(firstRound, asked).join();
        if (!asked.isDone()) {
            proxy.bind();
            LOG.info("started");
        }
    }

    private boolean stop() {
        boolean well = new StopSteps()
                .then("drain", this::drain)
                .then("sessions", proxy::close)
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
