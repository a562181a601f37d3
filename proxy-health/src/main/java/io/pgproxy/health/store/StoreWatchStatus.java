package io.pgproxy.health.store;

import java.util.OptionalLong;

/**
 * How well it is known what Patroni keeps in etcd, as of one instant. Immutable.
 *
 * @param heardNanos when etcd last told the keys or a change of them, by {@link System#nanoTime}; empty if it never has
 * @param changes of keys that were heard of
 * @param restarts how often the watch was begun anew
 */
public record StoreWatchStatus(State state, OptionalLong heardNanos, long changes, long restarts) {
    /** Before the first answer. */
    static final StoreWatchStatus BEGINNING = new StoreWatchStatus(State.BEGINNING, OptionalLong.empty(), 0, 0);

    /** What is heard. */
    public enum State {
        /** Etcd has not answered yet. */
        BEGINNING,
        /** Every change is told as it happens. */
        WATCHING,
        /** The keys are known, and what has changed since is not told. */
        INTERRUPTED,
        /** The keys have not been heard of for so long that they count as unknown. */
        LOST
    }

    StoreWatchStatus heard(long nowNanos) {
        return new StoreWatchStatus(state, OptionalLong.of(nowNanos), changes, restarts);
    }

    StoreWatchStatus in(State next) {
        return new StoreWatchStatus(next, heardNanos, changes, restarts);
    }

    StoreWatchStatus changed(int more) {
        return new StoreWatchStatus(state, heardNanos, changes + more, restarts);
    }

    StoreWatchStatus restarted() {
        return new StoreWatchStatus(state, heardNanos, changes, restarts + 1);
    }
}
