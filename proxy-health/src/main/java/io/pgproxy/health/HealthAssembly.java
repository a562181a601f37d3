package io.pgproxy.health;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.pgproxy.config.DiscoveryConfig;
import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.PatroniStoreConfig;
import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.core.CurrentRoutes;
import io.pgproxy.health.ask.HttpProbe;
import io.pgproxy.health.ask.NameLookup;
import io.pgproxy.health.ask.NodeAddress;
import io.pgproxy.health.ask.PatroniCertificates;
import io.pgproxy.health.ask.Probe;
import io.pgproxy.health.decide.AnnouncePolicy;
import io.pgproxy.health.decide.ClusterHealth;
import io.pgproxy.health.decide.ConfiguredNodes;
import io.pgproxy.health.decide.DiscoveredNodes;
import io.pgproxy.health.decide.Membership;
import io.pgproxy.health.decide.Notice;
import io.pgproxy.health.decide.Notices;
import io.pgproxy.health.decide.Outlook;
import io.pgproxy.health.decide.PatroniStore;
import io.pgproxy.health.decide.PollPolicy;
import io.pgproxy.health.decide.RoutingPolicy;
import io.pgproxy.health.stopwatch.Failover;
import io.pgproxy.health.store.PatroniStoreWatch;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** Builds the parts of health from the configuration and introduces them to each other. */
final class HealthAssembly {
    /** How far back lag can be told as time where no {@code max-lag} asks for more. */
    private static final Duration LAG_HORIZON = Duration.ofMinutes(10);

    private final PgproxyConfig config;
    private final EventExecutor control;
    private final LongSupplier clock;
    private final NoticeLog log = new NoticeLog();

    HealthAssembly(PgproxyConfig config, EventExecutor control, LongSupplier clock) {
        this.config = config;
        this.control = control;
        this.clock = clock;
    }

    /** Reads the files now; empty if nobody is asked over https. A member that is found may be. */
    static Optional<PatroniCertificates> certificates(PgproxyConfig config) {
        boolean https = config.discoversNodes() || config.nodes().stream().anyMatch(HealthAssembly::isHttps);
        return https
                ? Optional.of(new PatroniCertificates(config.patroni(), InstantSource.system()))
                : Optional.empty();
    }

    /** Reads etcd's files now; empty if Patroni's keys are not to be watched. */
    static Optional<PatroniStoreWatch> storeWatch(PgproxyConfig config, Consumer<Optional<PatroniStore>> news) {
        PatroniStoreConfig store = config.patroni().store();
        return wantsStore(config)
                ? config.patroni().scope().map(scope -> new PatroniStoreWatch(config.etcd(), store.prefix(scope), news))
                : Optional.empty();
    }

    /** Whether the file would have Patroni's keys watched, and does not say of which cluster. */
    static boolean lacksScope(PgproxyConfig config) {
        return wantsStore(config) && config.patroni().scope().isEmpty();
    }

    private static boolean wantsStore(PgproxyConfig config) {
        return config.patroni().store().watch() && !config.etcd().endpoints().isEmpty();
    }

    /** The probe belongs to an event loop. */
    static Function<EventLoop, Probe> httpProbe(PgproxyConfig config, Optional<PatroniCertificates> certificates) {
        return loop -> new HttpProbe(loop, config.health().timeout(), certificates);
    }

    private static boolean isHttps(NodeConfig node) {
        return node.patroniScheme() == NodeConfig.Scheme.HTTPS;
    }

    /** A thread for each name that is being looked up: one name that hangs must not keep another waiting. */
    static ExecutorService lookups(PgproxyConfig config) {
        int nodes = config.discoversNodes()
                ? DiscoveredNodes.MAX_NODES
                : config.nodes().size();
        return new ThreadPoolExecutor(
                0, nodes, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> daemon(work, "names"));
    }

    static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Where the nodes that etcd told last are kept; empty if the file has the nodes. */
    static Optional<NodesFile> nodesFile(PgproxyConfig config) {
        PatroniStoreConfig store = config.patroni().store();
        DiscoveryConfig discovery = store.discovery();
        return config.discoversNodes()
                ? config.patroni()
                        .scope()
                        .map(scope -> new NodesFile(discovery.stateFile(), store.prefix(scope), discovery.scheme()))
                : Optional.empty();
    }

    /** The nodes to begin with, and how there are more. Reads the state file. */
    NodesInUse nodes(Optional<NodesFile> file, Probe probe, NameLookup names, Executor lookups) {
        Neighbours neighbours = new Neighbours(this::tell);
        return new NodesInUse(
                file.map(kept -> Membership.remembered(kept.read()))
                        .orElseGet(() -> Membership.configured(config.nodes())),
                node -> {
                    NodeAddress address = address(node, names, lookups);
                    neighbours.add(node, address);
                    return new Poller(node, address, probe, neighbours, control, clock);
                },
                neighbours::remove,
                nodes -> file.ifPresent(kept -> kept.keep(nodes)),
                this::tell);
    }

    private NodeAddress address(NodeConfig node, NameLookup names, Executor lookups) {
        return new NodeAddress(node.host(), config.health().fall(), names, lookups, control, this::tell);
    }

    private void tell(Notice notice) {
        log.write(List.of(notice), clock.getAsLong());
    }

    FailoverWatch failovers(MeterRegistry meters) {
        int kept = config.failovers();
        Consumer<Failover> metrics = kept > 0 ? new FailoverMetrics(meters)::over : over -> {};
        return new FailoverWatch(kept, clock, InstantSource.system(), log, metrics);
    }

    ControlLoop loop(NodesInUse nodes, CurrentRoutes routes, FailoverWatch failovers, MeterRegistry meters) {
        HealthMetrics metrics = new HealthMetrics(meters);
        HealthReports reports = new HealthReports(new Notices(config.listeners()), log, metrics, failovers);
        ControlLoop loop = new ControlLoop(control, clock, nodes, kernel(nodes.membership()), routes, reports);
        HealthGauges gauges = new HealthGauges(meters, loop::knowledge, clock);
        gauges.register();
        nodes.follow(metrics);
        nodes.follow(gauges);
        return loop;
    }

    /** Expiries, of our own files and of what the nodes show. */
    static void register(PatroniCertificates certificates, NodesInUse nodes, MeterRegistry meters) {
        CertificateGauges gauges = new CertificateGauges(meters, certificates);
        gauges.registerStale();
        certificates.ofFiles().keySet().forEach(gauges::registerFile);
        nodes.follow(gauges);
    }

    private ControlLoop.Kernel kernel(Membership first) {
        long now = clock.getAsLong();
        ClusterHealth cluster = ClusterHealth.nothingKnown(
                config.health(), first.names(), config.patroni().scope(), lagHorizon(), now);
        return new ControlLoop.Kernel(
                Outlook.of(cluster, now),
                new RoutingPolicy(config.listeners(), first.nodes()),
                PollPolicy.of(config.health()),
                new AnnouncePolicy(announceHold()),
                config.discoversNodes()
                        ? new DiscoveredNodes(
                                config.patroni().store().discovery().scheme())
                        : new ConfiguredNodes());
    }

    /** Who waits for as long as may be waited need not be told that it may go on. */
    private Duration announceHold() {
        Duration configured = config.patroni().store().announceHold();
        return configured.compareTo(config.hold()) < 0 ? configured : config.hold();
    }

    /** Twice the longest limit: who is out must be seen to come back below it. */
    private Duration lagHorizon() {
        Duration horizon = LAG_HORIZON;
        for (ListenerConfig listener : config.listeners()) {
            Duration twice =
                    listener.reads().maxLag().time().orElse(Duration.ZERO).multipliedBy(2);
            horizon = twice.compareTo(horizon) > 0 ? twice : horizon;
        }
        return horizon;
    }
}
