package io.pgproxy.core;

import java.net.InetAddress;
import java.util.List;

/** The node with the fewest sessions for its weight; equals take turns. Confined to one relay loop. */
final class LeastConnections implements ChoiceRule {
    private final NodeLoad load;
    /** Where the next search begins. */
    private int cursor;

    LeastConnections(NodeLoad load) {
        this.load = load;
    }

    @Override
    public Contender choose(List<Contender> contenders, InetAddress source) {
        int start = Math.floorMod(cursor++, contenders.size());
        Contender best = contenders.get(start);
        for (int i = 1; i < contenders.size(); i++) {
            best = load.lessLoaded(best, contenders.get((start + i) % contenders.size()));
        }
        return best;
    }
}
