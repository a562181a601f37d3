package io.pgproxy.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps a node from getting more than twice its fair share of a listener's new sessions, however little load it has: a
 * node that is back has no session, and would otherwise get every one of a crowd that reconnects. Fair is a node's
 * weight by the weights of all that could have been chosen. Confined to one relay loop.
 *
 * <p>Every choice adds to each node's credit, for most nodes less than the one that being chosen costs. Of N choices in
 * a row a loop thus gives a node at most {@code growth * N + 1}: the credit that it may have saved is less than two,
 * and whoever has less than one is not chosen. The loops count on their own, so the sum over all of them is out by at
 * most one a loop; that the growth is {@value #TIMES} times the share and not twice pays for it as soon as there are
 * many.
 */
final class FairShare {
    private static final double TIMES = 1.9;

    private final double times;
    private final Map<String, Credit> credits = new HashMap<>();

    /** What one node may still take. */
    private static final class Credit {
        private double left;
    }

    FairShare() {
        this(TIMES);
    }

    private FairShare(double times) {
        this.times = times;
    }

    /** Lets every node have all that it gets. */
    static FairShare unlimited() {
        return new FairShare(Double.POSITIVE_INFINITY);
    }

    /** Those that may be chosen now, and have not had too much; all of them if everyone has. */
    List<Contender> within(List<Contender> contenders) {
        double all = contenders.stream().mapToDouble(Contender::weight).sum();
        List<Contender> within = new ArrayList<>(contenders.size());
        for (Contender contender : contenders) {
            if (grow(contender, contender.weight() / all) >= 1) {
                within.add(contender);
            }
        }
        return within.isEmpty() ? contenders : within;
    }

    private double grow(Contender contender, double share) {
        double growth = 2 * share >= 1 ? 1 : Math.min(1, times * share);
        // What it could have taken and did not is lost, but for the fraction that is on its way to one.
        double most = 1 + growth;
        Credit credit = credits.computeIfAbsent(contender.node(), node -> first(contender, most));
        credit.left = Math.min(most, credit.left + growth);
        return credit.left;
    }

    /** Who was there all along could have saved; whoever comes back begins with nothing. */
    private static Credit first(Contender contender, double most) {
        Credit credit = new Credit();
        credit.left = contender.candidate().eligibleSinceNanos().isPresent() ? 0 : most;
        return credit;
    }

    /** The node was chosen. */
    void spend(Contender chosen) {
        Credit credit = credits.get(chosen.node());
        if (credit != null) {
            credit.left -= 1;
        }
    }

    /** Forgets all other nodes than these. */
    void retain(Set<String> nodes) {
        credits.keySet().retainAll(nodes);
    }
}
