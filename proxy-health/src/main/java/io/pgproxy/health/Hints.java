package io.pgproxy.health;

import io.pgproxy.config.NodeConfig;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The crossing from the relay threads to control: "something is wrong with that node". When a primary dies, thousands
 * of sessions say so at once; one that has not been taken yet speaks for all. Safe from any thread.
 */
final class Hints {
    private final Map<String, AtomicBoolean> pending;
    private final Executor control;
    private final Consumer<String> taker;

    /** Hands hints to the taker, on the control thread. */
    Hints(List<NodeConfig> nodes, Executor control, Consumer<String> taker) {
        this.pending = nodes.stream()
                .map(NodeConfig::name)
                .collect(Collectors.toUnmodifiableMap(Function.identity(), name -> new AtomicBoolean()));
        this.control = control;
        this.taker = taker;
    }

    void about(String node) {
        AtomicBoolean flag = pending.get(node);
        if (flag != null && flag.compareAndSet(false, true)) {
            hand(node, flag);
        }
    }

    private void hand(String node, AtomicBoolean flag) {
        try {
            control.execute(() -> {
                flag.set(false);
                taker.accept(node);
            });
        } catch (RejectedExecutionException e) {
            // Health is closed before the last sessions end; nobody looks into anything any more.
            flag.set(false);
        }
    }
}
