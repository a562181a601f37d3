package io.pgproxy.core;

import io.pgproxy.config.ListenerConfig.Balance;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Chooses one of a listener's candidates. Confined to one relay loop. */
final class Balancer {
    private final Balance balance;
    private final NodeLoad load;
    /** Where the next search begins, so that equals take turns. */
    private int cursor;

    Balancer(Balance balance, NodeLoad load) {
        this.balance = balance;
        this.load = load;
    }

    /**
     * The best candidate of the lowest tier that has an open one.
     *
     * @param open whether a candidate may be chosen at all
     * @param source the client's address
     */
    Optional<Candidate> choose(
            List<Candidate> candidates, Predicate<Candidate> open, InetAddress source, long nowNanos) {
        List<Candidate> equals = lowestTier(candidates, open);
        if (equals.isEmpty()) {
            return Optional.empty();
        }
        int start = Math.floorMod(cursor++, equals.size());
        return Optional.of(
                switch (balance) {
                    case ROUND_ROBIN -> equals.get(start);
                    case LEAST_CONNECTIONS, RANDOM, SOURCE -> leastLoaded(equals, start);
                });
    }

    private static List<Candidate> lowestTier(List<Candidate> candidates, Predicate<Candidate> open) {
        List<Candidate> lowest = new ArrayList<>(candidates.size());
        for (Candidate candidate : candidates) {
            if (!open.test(candidate)) {
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
