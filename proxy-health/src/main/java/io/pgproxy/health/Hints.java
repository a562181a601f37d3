package io.pgproxy.health;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * The crossing from the relay threads to control: "something is wrong with that node". When a primary dies, thousands
 * of sessions say so at once; one that has not been taken yet speaks for all. Safe from any thread.
 */
final class Hints {
    private final Set<String> pending = ConcurrentHashMap.newKeySet();
    private final Executor control;
    private final Consumer<String> taker;

    /** Hands hints to the taker, on the control thread. */
    Hints(Executor control, Consumer<String> taker) {
        this.control = control;
        this.taker = taker;
    }

    void about(String node) {
        if (pending.add(node)) {
            hand(node);
        }
    }

    private void hand(String node) {
        try {
            control.execute(() -> {
                pending.remove(node); // before the look: what is noticed after it is handed over again
                taker.accept(node);
            });
        } catch (RejectedExecutionException e) {
            // Health is closed before the last sessions end; nobody looks into anything any more.
            pending.remove(node);
        }
    }
}
