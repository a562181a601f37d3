package io.pgproxy.health.decide;

import io.pgproxy.config.ListenerConfig.Route;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What an application's developer reads when a session had to be refused: what was wanted and what each node says. No
 * figure that moves with every check is in it, or every check would make a new table.
 */
final class WhyNobody {
    private WhyNobody() {}

    static String text(Readers readers) {
        String wanted = "no " + wanted(readers.listener().route()) + ": ";
        Optional<String> conflict = readers.cluster().leadership().conflict();
        if (conflict.isPresent() && !readers.listener().route().servesReads()) {
            return wanted + conflict.get();
        }
        Optional<String> givingUp = readers.cluster().leadership().leader().filter(leader -> readers.cluster()
                .isGivingUp(leader, readers.nowNanos()));
        if (givingUp.isPresent() && !readers.listener().route().servesReads()) {
            return wanted + givingUp.get() + " is to hand over, says Patroni's key failover in etcd";
        }
        if (readers.cluster().views().isEmpty()) {
            return wanted + "etcd has told of no member yet";
        }
        return readers.cluster().views().values().stream()
                .map(view -> view.name() + " " + says(view, readers))
                .collect(Collectors.joining("; ", wanted, ""));
    }

    private static String wanted(Route route) {
        return switch (route) {
            case PRIMARY -> "primary";
            case LEADER -> "leader";
            case REPLICA -> "replica";
            case SYNC -> "synchronous replica";
            case ASYNC -> "asynchronous replica";
            case ANY -> "replica or primary";
        };
    }

    private static String says(NodeView view, Readers readers) {
        return switch (view.state()) {
            case UP -> running(view, readers);
            case SILENT, STALE -> view.reason();
            case UNKNOWN -> "not known yet: " + view.reason();
            case WAITING -> "not ready: " + view.reason();
            case DOWN -> "down: " + view.reason();
            case REFUSED -> "refused: " + view.reason();
        };
    }

    private static String running(NodeView view, Readers readers) {
        String role = view.role().text();
        return readers.listener().route().servesReads()
                ? readers.objection(view).orElse(role)
                : role;
    }
}
