package io.pgproxy.core;

import io.pgproxy.config.ListenerConfig.Balance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Chooses one of a listener's candidates. Safe from any thread. */
final class Balancer {
    private final Balance balance;
    private final NodeLoad load;
    /** Where the next search begins, so that equals take turns. */
    private final AtomicInteger cursor = new AtomicInteger();

    Balancer(Balance balance, NodeLoad load) {
        this.balance = balance;
        this.load = load;
    }

    /** The best candidate of the lowest tier that has one which was not tried yet. */
    Optional<Candidate> choose(List<Candidate> candidates, Set<String> tried) {
        List<Candidate> equals = lowestTier(candidates, tried);
        if (equals.isEmpty()) {
            return Optional.empty();
        }
        int start = Math.floorMod(cursor.getAndIncrement(), equals.size());
        return Optional.of(
                switch (balance) {
                    case ROUND_ROBIN -> equals.get(start);
                    case LEAST_CONNECTIONS -> leastLoaded(equals, start);
                });
    }

    private static List<Candidate> lowestTier(List<Candidate> candidates, Set<String> tried) {
        List<Candidate> lowest = new ArrayList<>(candidates.size());
        for (Candidate candidate : candidates) {
            if (tried.contains(candidate.node())) {
                continue;
            }
            if (!lowest.isEmpty() && lowest.get(0).tier() != candidate.tier()) {
                break;
            }
            lowest.add(candidate);
        }
        return lowest;
    }

    private Candidate leastLoaded(List<Candidate> equals, int start) {
        Candidate best = equals.get(start);
        int bestLoad = load.on(best.node());
        for (int i = 1; i < equals.size(); i++) {
            Candidate other = equals.get((start + i) % equals.size());
            int otherLoad = load.on(other.node());
            if (otherLoad < bestLoad) {
                best = other;
                bestLoad = otherLoad;
            }
        }
        return best;
    }
}
