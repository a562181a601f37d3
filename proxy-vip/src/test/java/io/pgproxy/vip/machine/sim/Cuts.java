package io.pgproxy.vip.machine.sim;

import java.util.ArrayList;
import java.util.List;

/** One direction of a link: open, or cut as often as somebody cut it. What waits for it goes when it is whole again. */
final class Cuts {
    private int count;
    private final List<Runnable> waiting = new ArrayList<>();

    boolean open() {
        return count == 0;
    }

    void cut() {
        count++;
    }

    void heal() {
        count--;
        if (count == 0) {
            List<Runnable> now = List.copyOf(waiting);
            waiting.clear();
            now.forEach(Runnable::run);
        }
    }

    /** TCP sends again: what was sent while the link was cut may arrive once it is whole. */
    void whenHealed(Runnable what) {
        waiting.add(what);
    }
}
