package io.pgproxy.core;

import io.pgproxy.config.ListenerConfig;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Chooses one of a listener's candidates: the lowest tier, what each one's weight is worth now, who has had more than
 * is fair, and then the listener's own rule. Confined to one relay loop.
 */
final class Balancer {
    private final SlowStart slowStart;
    private final FairShare fairShare;
    private final ChoiceRule rule;
    private List<Candidate> known = List.of();

    Balancer(ListenerConfig listener, NodeLoad load, RandomGenerator random) {
        this(rule(listener, load, random), slowStart(listener), fairShare(listener));
    }

    Balancer(ChoiceRule rule, SlowStart slowStart, FairShare fairShare) {
        this.rule = rule;
        this.slowStart = slowStart;
        this.fairShare = fairShare;
    }

    static ChoiceRule rule(ListenerConfig listener, NodeLoad load, RandomGenerator random) {
        return switch (listener.balance()) {
            case LEAST_CONNECTIONS -> new LeastConnections(load);
            case ROUND_ROBIN -> new RoundRobin(random);
            case RANDOM -> new TwoDraws(load, random);
            case SOURCE -> new SourceHash();
        };
    }

    /** A source that has its node keeps it, cold or not. */
    private static SlowStart slowStart(ListenerConfig listener) {
        return switch (listener.balance()) {
            case LEAST_CONNECTIONS, ROUND_ROBIN, RANDOM -> new SlowStart(listener.slowStart());
            case SOURCE -> SlowStart.NONE;
        };
    }

    /** Only who looks at the load can prefer an empty node; taking turns is fair by itself. */
    static FairShare fairShare(ListenerConfig listener) {
        return switch (listener.balance()) {
            case LEAST_CONNECTIONS, RANDOM -> new FairShare();
            case ROUND_ROBIN, SOURCE -> FairShare.unlimited();
        };
    }

    /**
     * The best candidate of the lowest tier that has an open one; always one, if any is open.
     *
     * @param open whether a candidate may be chosen at all
     * @param source the client's address
     */
    Optional<Candidate> choose(
            List<Candidate> candidates, Predicate<Candidate> open, InetAddress source, long nowNanos) {
        forgetOthersThan(candidates);
        List<Contender> contenders = lowestTier(candidates, open, nowNanos);
        if (contenders.isEmpty()) {
            return Optional.empty();
        }
        Contender chosen = rule.choose(fairShare.within(contenders), source);
        fairShare.spend(chosen);
        return Optional.of(chosen.candidate());
    }

    private List<Contender> lowestTier(List<Candidate> candidates, Predicate<Candidate> open, long nowNanos) {
        List<Contender> lowest = new ArrayList<>(candidates.size());
        for (Candidate candidate : candidates) {
            if (!open.test(candidate)) {
                continue;
            }
            if (!lowest.isEmpty() && lowest.get(0).candidate().tier() != candidate.tier()) {
                break;
            }
            lowest.add(new Contender(candidate, slowStart.weight(candidate, nowNanos)));
        }
        return lowest;
    }

    /** Most of the time this is the very list of the last time, so that comparing costs nothing. */
    private void forgetOthersThan(List<Candidate> candidates) {
        if (!candidates.equals(known)) {
            known = candidates;
            var nodes = candidates.stream().map(Candidate::node).collect(Collectors.toSet());
            fairShare.retain(nodes);
            rule.retain(nodes);
        }
    }
}
