package io.pgproxy;

import io.pgproxy.config.HostAndPort;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.core.Candidate;
import io.pgproxy.core.CurrentRoutes;
import io.pgproxy.core.ListenerRoute;
import io.pgproxy.core.ProxyServer;
import io.pgproxy.core.ProxyStatus;
import io.pgproxy.core.ProxyStatus.ListenerStatus;
import io.pgproxy.core.RoutingTable;
import io.pgproxy.health.HealthService;
import io.pgproxy.health.HealthStatus;
import io.pgproxy.health.NodeStatus;
import io.pgproxy.health.StoreStatus;
import io.pgproxy.status.StatusReport;
import io.pgproxy.status.StatusReport.Answer;
import io.pgproxy.status.StatusReport.Cluster;
import io.pgproxy.status.StatusReport.Instance;
import io.pgproxy.status.StatusReport.Lag;
import io.pgproxy.status.StatusReport.Limit;
import io.pgproxy.status.StatusReport.Listener;
import io.pgproxy.status.StatusReport.Node;
import io.pgproxy.status.StatusReport.Store;
import io.pgproxy.status.StatusReport.Targets;
import io.pgproxy.status.StatusReport.Vip;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Puts what core and health know into one report. Safe from any thread. */
final class StatusSource implements Supplier<StatusReport> {
    private final long startedNanos = System.nanoTime();
    private final PgproxyConfig config;
    private final ProxyServer proxy;
    private final HealthService health;
    private final CurrentRoutes routes;
    private final Supplier<Optional<Vip>> vip;

    /** @param vip empty where no virtual address is configured */
    StatusSource(
            PgproxyConfig config,
            ProxyServer proxy,
            HealthService health,
            CurrentRoutes routes,
            Supplier<Optional<Vip>> vip) {
        this.config = config;
        this.proxy = proxy;
        this.health = health;
        this.routes = routes;
        this.vip = vip;
    }

    @Override
    public StatusReport get() {
        return report(proxy.status(), health.status(), routes.current(), System.nanoTime());
    }

    private StatusReport report(ProxyStatus proxy, HealthStatus health, RoutingTable table, long nowNanos) {
        Optional<Vip> addresses = vip.get();
        return new StatusReport(
                instance(proxy, nowNanos),
                Diagnosis.of(config.listeners(), proxy, table, health, addresses),
                cluster(health, table),
                proxy.listeners().stream()
                        .map(listener -> listener(listener, table.route(listener.name()), nowNanos))
                        .toList(),
                health.nodes().stream().map(node -> node(node, proxy)).toList(),
                proxy.limits().stream()
                        .map(limit -> new Limit(limit.name(), limit.used(), limit.max()))
                        .toList(),
                addresses.orElse(null));
    }

    private Instance instance(ProxyStatus proxy, long nowNanos) {
        boolean bound = proxy.listeners().stream().allMatch(ListenerStatus::bound);
        String state = proxy.draining() ? "draining" : bound ? "running" : "starting";
        return new Instance(Build.version(), Build.host(), state, proxy.transport(), seconds(nowNanos - startedNanos));
    }

    private static Cluster cluster(HealthStatus health, RoutingTable table) {
        return new Cluster(
                health.scope().orElse(""),
                health.systemIdentifier().orElse(null),
                health.primary().orElse(null),
                table.version(),
                health.members().source().name().toLowerCase(Locale.ROOT),
                health.store().map(StatusSource::store).orElse(null));
    }

    private static Store store(StoreStatus store) {
        return new Store(
                store.state().name().toLowerCase(Locale.ROOT),
                store.age().map(StatusSource::seconds).orElse(null),
                store.changes(),
                store.restarts(),
                store.leaderKey().orElse(null));
    }

    private Listener listener(ListenerStatus listener, ListenerRoute route, long nowNanos) {
        return new Listener(
                listener.name(),
                listener.bind(),
                listener.bound(),
                listener.route(),
                listener.sessions(),
                listener.parked(),
                targets(route, nowNanos),
                rules(listener.name()));
    }

    private List<String> rules(String listener) {
        return config.listeners().stream()
                .filter(candidate -> candidate.name().equals(listener))
                .flatMap(candidate -> RuleText.of(candidate).stream())
                .toList();
    }

    /** Lower tiers are reserves: they get nobody as long as a higher one has a node left. */
    private static Targets targets(ListenerRoute route, long nowNanos) {
        if (route.candidates().isEmpty()) {
            double waitingSeconds = seconds(nowNanos - route.nobodySinceNanos());
            return new Targets(List.of(), route.whyNobody(), waitingSeconds);
        }
        int best = route.candidates().get(0).tier();
        return new Targets(
                route.candidates().stream()
                        .filter(candidate -> candidate.tier() == best)
                        .map(Candidate::node)
                        .toList(),
                null,
                null);
    }

    private Node node(NodeStatus node, ProxyStatus proxy) {
        return new Node(
                node.name(),
                address(node.config()),
                node.state().name().toLowerCase(Locale.ROOT),
                node.role().name().toLowerCase(Locale.ROOT),
                seconds(node.inState().toNanos()),
                node.reason(),
                proxy.sessionsByNode().getOrDefault(node.name(), 0),
                node.config().weight(),
                new Lag(
                        value(node.lag().bytes()),
                        node.lag().time().map(StatusSource::seconds).orElse(null)),
                node.answer().map(StatusSource::answer).orElse(null));
    }

    private static String address(NodeConfig node) {
        return HostAndPort.text(node.host(), node.port());
    }

    private static Answer answer(NodeStatus.Answer answer) {
        return new Answer(
                seconds(answer.age()),
                value(answer.timeline()),
                answer.patroniVersion().orElse(null),
                answer.paused(),
                answer.pendingRestart(),
                answer.noLoadBalance());
    }

    private static @Nullable Long value(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }

    private static double seconds(Duration duration) {
        return seconds(duration.toNanos());
    }

    /** To the millisecond; more digits would only be noise in the JSON. */
    private static double seconds(long nanos) {
        return Math.round(nanos / 1e6) / 1e3;
    }
}
