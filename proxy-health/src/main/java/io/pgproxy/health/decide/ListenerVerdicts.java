package io.pgproxy.health.decide;

import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.ListenerConfig.Route;
import io.pgproxy.config.MaxLag;
import io.pgproxy.config.PoliciesConfig;
import io.pgproxy.config.PoliciesConfig.Policy;
import io.pgproxy.core.Role;
import io.pgproxy.core.RoutingTable.Seat;
import io.pgproxy.core.Standing;
import io.pgproxy.core.Verdict;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What one listener's sessions may do where its policies say something else than {@link SeatVerdicts}. Pure.
 *
 * <p>Readers who outlive a promotion can write from then on, so they are held to what holds for a primary: they end
 * when their node is verifiably none any more, a leader of a standby cluster for example, although readers who came
 * while it was a standby stay there. PostgreSQL cannot become a standby under a live session, so it is the time before
 * its restart, and a node whose claim is void, that they must not outlive.
 */
final class ListenerVerdicts {
    private ListenerVerdicts() {}

    static Map<Seat, Verdict> of(Readers readers) {
        Map<Seat, Verdict> verdicts = new HashMap<>();
        for (NodeView view : readers.cluster().views().values()) {
            Role role = readers.listener().route() == Route.ANY ? Role.ANY : Role.REPLICA;
            afterPromotion(readers, view)
                    .or(() -> behind(readers, view))
                    .ifPresent(verdict -> verdicts.put(new Seat(view.name(), role), verdict));
        }
        return verdicts;
    }

    private static Optional<Verdict> afterPromotion(Readers readers, NodeView view) {
        Policy policy = readers.listener().policies().onPromotion();
        if (policy == Policy.CLOSE) {
            return Optional.empty(); // as on every seat
        }
        if (view.role() == NodeRole.PRIMARY) {
            return Optional.of(verdict(policy, view.reason()));
        }
        boolean isNoneAnyMore = view.state() == NodeState.DOWN
                || readers.cluster().node(view.name()).hasSteppedDown();
        return isNoneAnyMore ? Optional.of(new Verdict(Standing.END, view.reason())) : Optional.empty();
    }

    /** Without an end a drain is what lag does to a seat anyway. */
    private static Optional<Verdict> behind(Readers readers, NodeView view) {
        ListenerConfig listener = readers.listener();
        PoliciesConfig policies = listener.policies();
        boolean drains = policies.onLag() == Policy.DRAIN
                && policies.drainFor().isPresent()
                && !listener.reads().maxLag().equals(MaxLag.NONE);
        return drains && view.isTrusted(NodeRole.REPLICA)
                ? readers.tooFarBehind(view.name()).map(why -> verdict(Policy.DRAIN, why))
                : Optional.empty();
    }

    private static Verdict verdict(Policy policy, String why) {
        Standing standing =
                switch (policy) {
                    case CLOSE -> Standing.END;
                    case DRAIN -> Standing.DRAIN;
                    case KEEP -> Standing.STAY;
                };
        return new Verdict(standing, why);
    }
}
