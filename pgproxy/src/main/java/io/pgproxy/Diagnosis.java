package io.pgproxy;

import io.pgproxy.config.ListenerConfig;
import io.pgproxy.core.ListenerRoute;
import io.pgproxy.core.ProxyStatus;
import io.pgproxy.core.ProxyStatus.ListenerStatus;
import io.pgproxy.core.Role;
import io.pgproxy.core.RoutingTable;
import io.pgproxy.health.HealthStatus;
import io.pgproxy.health.NodeStatus;
import io.pgproxy.health.decide.NodeState;
import io.pgproxy.health.store.StoreWatchStatus;
import io.pgproxy.status.StatusReport.Peer;
import io.pgproxy.status.StatusReport.Readiness;
import io.pgproxy.status.StatusReport.Vip;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is wrong, worst first: what keeps clients from being served makes the instance not ready, what has to be mended
 * at once all the same is an error, the rest is a warning. Pure.
 */
final class Diagnosis {
    /** Warn while there is still room to act. */
    private static final int FULL_PERCENT = 90;

    private final List<String> reasons = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    private Diagnosis() {}

    static Readiness of(
            List<ListenerConfig> listeners,
            ProxyStatus proxy,
            RoutingTable routes,
            HealthStatus health,
            Optional<Vip> vip) {
        Diagnosis diagnosis = new Diagnosis();
        diagnosis.lookAt(proxy);
        diagnosis.lookAt(listeners, routes, health);
        diagnosis.lookAt(health);
        vip.ifPresent(diagnosis::lookAt);
        return Readiness.of(diagnosis.reasons, diagnosis.errors, diagnosis.warnings);
    }

    private void lookAt(ProxyStatus proxy) {
        if (proxy.draining()) {
            reasons.add("draining: sessions may finish, new ones are not accepted");
        } else {
            proxy.listeners().stream().filter(listener -> !listener.bound()).forEach(this::closed);
        }
        for (ProxyStatus.Limit limit : proxy.limits()) {
            if (limit.used() > 0 && 100L * limit.used() >= (long) FULL_PERCENT * limit.max()) {
                warnings.add("limit " + limit.name() + ": " + limit.used() + " of " + limit.max() + " in use");
            }
        }
    }

    private void closed(ListenerStatus listener) {
        reasons.add("listener " + listener.name() + " does not listen on " + listener.bind());
    }

    /**
     * Without a replica the reads are missing, without a primary the cluster is. Where nobody writes, one route without
     * a node leaves the others; taken out of service for it, the instance would serve none.
     */
    private void lookAt(List<ListenerConfig> listeners, RoutingTable routes, HealthStatus health) {
        boolean onlyReadsAndNobodyForAny = listeners.stream()
                .allMatch(listener -> listener.route().servesReads()
                        && routes.route(listener.name()).candidates().isEmpty());
        for (ListenerConfig listener : listeners) {
            ListenerRoute route = routes.route(listener.name());
            if (route.candidates().isEmpty()) {
                (listener.route().servesReads() && !onlyReadsAndNobodyForAny ? warnings : reasons)
                        .add("listener " + listener.name() + " has nobody to go to: " + route.whyNobody());
            } else if (route.candidates().stream().allMatch(candidate -> candidate.role() == Role.FALLBACK)) {
                String primary = route.candidates().get(0).node();
                warnings.add("listener " + listener.name() + ": reads go to the primary " + primary + ": "
                        + whyNobodyElse(health, primary));
            }
        }
    }

    /** A replica that runs may still be too far behind for the listener, or not have the tags that it asks for. */
    private static String whyNobodyElse(HealthStatus health, String primary) {
        String others = health.nodes().stream()
                .filter(node -> !node.name().equals(primary))
                .map(node -> node.state() == NodeState.UP
                        ? node.name() + " does not do for this listener"
                        : node.name() + " is " + word(node.state()) + ", " + node.reason())
                .collect(Collectors.joining("; "));
        return others.isEmpty() ? "there is no other node" : others;
    }

    private static String word(NodeState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private void lookAt(HealthStatus health) {
        health.conflict().ifPresent(conflict -> warnings.add("writes go nowhere: " + conflict));
        warnings.addAll(health.certificateWarnings());
        if (health.store()
                .filter(store -> store.state() == StoreWatchStatus.State.LOST)
                .isPresent()) {
            warnings.add("Patroni's keys in etcd are not heard of: what happens is noticed with the next check only");
        }
        warnings.addAll(health.members().warnings());
        for (NodeStatus node : health.nodes()) {
            if (node.state() != NodeState.UP) {
                warnings.add("node " + node.name() + " is " + word(node.state()) + ": " + node.reason());
            }
        }
        if (health.nodes().stream().anyMatch(Diagnosis::isPaused)) {
            warnings.add("Patroni is paused: it will not fail over by itself");
        }
    }

    private static boolean isPaused(NodeStatus node) {
        return node.answer().map(NodeStatus.Answer::paused).orElse(false);
    }

    private void lookAt(Vip vip) {
        String addresses = "virtual address " + String.join(", ", vip.addresses());
        if (!vip.othersRecorded().isEmpty()) {
            errors.add(addresses + ": the record in etcd names other members than the configuration here: "
                    + String.join(", ", vip.othersRecorded()));
        }
        if (!vip.etcdAnswers()) {
            warnings.add(addresses + ": etcd does not answer");
        } else if (vip.holder() == null && !vip.state().equals("hold")) {
            warnings.add(addresses + " is nowhere: " + (vip.trouble() == null ? vip.state() : vip.trouble()));
        }
        for (Peer peer : vip.peers()) {
            if (!peer.heard()) {
                warnings.add(addresses + ": member " + peer.name() + " is not heard");
            }
        }
        if (vip.state().equals("hold") && vip.trouble() != null && !vip.moving()) {
            warnings.add(addresses + " is here, though " + vip.trouble() + ": nobody else could take it");
        }
        if ("peers".equals(vip.authority())) {
            warnings.add(addresses + " is here by the other members' promises only");
        }
    }
}
