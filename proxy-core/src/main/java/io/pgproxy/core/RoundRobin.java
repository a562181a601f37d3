package io.pgproxy.core;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * One after the other, whatever the load; a node of twice the weight comes twice as often, and not twice in a row: each
 * turn gives every node its weight in points, and takes all of them from the one with the most. Confined to one relay
 * loop.
 */
final class RoundRobin implements ChoiceRule {
    private final RandomGenerator random;
    private final Map<String, Double> points = new HashMap<>();

    RoundRobin(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public Contender choose(List<Contender> contenders, InetAddress source) {
        Contender best = contenders.get(0);
        double most = Double.NEGATIVE_INFINITY;
        double given = 0;
        for (Contender contender : contenders) {
            double has = points.getOrDefault(contender.node(), headStart(contender)) + contender.weight();
            points.put(contender.node(), has);
            given += contender.weight();
            if (has > most) {
                most = has;
                best = contender;
            }
        }
        points.put(best.node(), most - given);
        return best;
    }

    /** Less than one turn. Without it the first session of every loop would go to the same node. */
    private double headStart(Contender contender) {
        return random.nextDouble() * contender.weight();
    }

    @Override
    public void retain(Set<String> nodes) {
        points.keySet().retainAll(nodes);
    }
}
