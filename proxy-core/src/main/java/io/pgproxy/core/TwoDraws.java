package io.pgproxy.core;

import java.net.InetAddress;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Draws two different nodes by weight and takes the less loaded one: nearly as even as looking at all of them, and
 * several proxies that do so do not all rush to the same node. Confined to one relay loop.
 */
final class TwoDraws implements ChoiceRule {
    private final NodeLoad load;
    private final RandomGenerator random;

    TwoDraws(NodeLoad load, RandomGenerator random) {
        this.load = load;
        this.random = random;
    }

    @Override
    public Contender choose(List<Contender> contenders, InetAddress source) {
        int first = draw(contenders, -1);
        if (contenders.size() == 1) {
            return contenders.get(first);
        }
        return load.lessLoaded(contenders.get(first), contenders.get(draw(contenders, first)));
    }

    /** @param without the index of one that has been drawn already, or -1 */
    private int draw(List<Contender> contenders, int without) {
        double all = 0;
        for (int i = 0; i < contenders.size(); i++) {
            all += i == without ? 0 : contenders.get(i).weight();
        }
        double point = random.nextDouble() * all;
        int last = 0;
        for (int i = 0; i < contenders.size(); i++) {
            if (i != without) {
                last = i;
                point -= contenders.get(i).weight();
                if (point < 0) {
                    return i;
                }
            }
        }
        return last; // only by rounding
    }
}
