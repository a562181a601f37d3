package io.pgproxy.health;

import io.pgproxy.health.decide.PatroniStore;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The crossing from etcd's thread to control: what Patroni keeps in etcd, or nothing while that is not known. However
 * much happens there, only the newest state is waiting to be taken. Safe from any thread.
 */
final class StoreNews implements Consumer<Optional<PatroniStore>> {
    private final Executor control;
    private final Consumer<Optional<PatroniStore>> taker;
    private final AtomicBoolean pending = new AtomicBoolean();
    private volatile Optional<PatroniStore> newest = Optional.empty();

    /** Hands the newest state to the taker, on the control thread. */
    StoreNews(Executor control, Consumer<Optional<PatroniStore>> taker) {
        this.control = control;
        this.taker = taker;
    }

    @Override
    public void accept(Optional<PatroniStore> store) {
        newest = store;
        if (pending.compareAndSet(false, true)) {
            hand();
        }
    }

    private void hand() {
        try {
            control.execute(() -> {
                pending.set(false); // before the look: what comes after it is handed over again
                taker.accept(newest);
            });
        } catch (RejectedExecutionException e) {
            pending.set(false); // health is closed
        }
    }
}
