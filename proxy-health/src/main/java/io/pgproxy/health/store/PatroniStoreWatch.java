package io.pgproxy.health.store;

import io.etcd.jetcd.api.Event;
import io.pgproxy.config.EtcdConfig;
import io.pgproxy.etcd.EtcdClient;
import io.pgproxy.etcd.Watch;
import io.pgproxy.health.decide.PatroniStore;
import io.pgproxy.health.decide.PatroniStoreReader;
import io.pgproxy.health.decide.PatroniStoreReader.Reading;
import io.pgproxy.health.decide.StoredKey;
import io.pgproxy.health.store.StoreKeys.Snapshot;
import io.pgproxy.health.store.StoreWatchStatus.State;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What Patroni keeps in etcd, as soon as it changes: a read of all keys at one revision, then a watch from there on, and
 * both again after every break. A read is made every few seconds besides: if it brings what the watch has not,
 * the watch is dead without a word and another one is begun.
 *
 * <p>Who listens is told all that is known each time: at once that a watch has broken, so that it is only remembered, and
 * nothing at all once the keys have not been heard of for a while: what a leader key said then says nothing now. Confined to the client's event loop; {@link #begin},
 * {@link #status} and {@link #close} are safe from any thread.
 */
public final class PatroniStoreWatch implements AutoCloseable {
    /** How often the keys are read although a watch tells of them. */
    public static final Duration READ_INTERVAL = Duration.ofSeconds(5);

    /** Far more than the members of a cluster write together. */
    private static final int MAX_ANSWER_BYTES = 1024 * 1024;

    private static final long READ_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Two reads at least, one after the other, have failed. */
    private static final long FORGET_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** A watch that breaks sooner than so may break the next time as soon. */
    private static final long SOON_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final String THREAD = "patroni keys";
    private static final Logger LOG = LoggerFactory.getLogger(PatroniStoreWatch.class);

    private final EtcdClient client;
    private final StoreKeys keys;
    private final Duration readInterval;
    private final Consumer<Optional<PatroniStore>> listener;

    private final StoreLog transitions = new StoreLog(LOG, "the watch of Patroni's keys", System::nanoTime);
    private final StoreLog strangeKeys = new StoreLog(LOG, "keys that are not Patroni's", System::nanoTime);
    private final Pauses readPauses = new Pauses();
    private final Pauses watchPauses = new Pauses();

    private PatroniStore store = PatroniStore.EMPTY;
    private List<String> unreadable = List.of();
    private long readRevision;
    private long seenRevision;
    private @Nullable Watch watch;
    private @Nullable ScheduledFuture<?> nextRead;
    private boolean reading;
    /** Whether who listens was told that the keys may have changed meanwhile. */
    private boolean remembered;

    private boolean closed;
    private long confirmedNanos;

    /** Written by the event loop, read by any thread. */
    private volatile StoreWatchStatus status = StoreWatchStatus.BEGINNING;

    /**
     * Reads etcd's files now, and asks nobody yet.
     *
     * @param prefix what all keys of the cluster begin with
     * @param listener told on the event loop what is known: all of it, or nothing
     * @throws IllegalArgumentException if a file cannot be used, saying which and why
     */
    public PatroniStoreWatch(EtcdConfig etcd, String prefix, Consumer<Optional<PatroniStore>> listener) {
        this(etcd, prefix, READ_INTERVAL, listener);
    }

    PatroniStoreWatch(
            EtcdConfig etcd, String prefix, Duration readInterval, Consumer<Optional<PatroniStore>> listener) {
        this.client = new EtcdClient(etcd, THREAD, MAX_ANSWER_BYTES);
        this.keys = new StoreKeys(prefix);
        this.readInterval = readInterval;
        this.listener = listener;
    }

    /** Begins to ask. */
    public void begin() {
        client.begin();
        onLoop(() -> {
            confirmedNanos = System.nanoTime();
            read();
        });
    }

    /** How well the keys are known now. */
    public StoreWatchStatus status() {
        return status;
    }

    /** Ends the watch; nothing is told any more. */
    @Override
    public void close() {
        onLoop(() -> {
            closed = true;
            cancel(nextRead);
        });
        client.close();
    }

    private void onLoop(Runnable task) {
        try {
            client.loop().execute(task);
        } catch (RejectedExecutionException e) {
            // closed before
        }
    }

    private void read() {
        if (!reading) {
            reading = true;
            cancel(nextRead);
            client.ask(keys.read(), System.nanoTime() + READ_NANOS, new ReadOutcome());
        }
    }

    private void readIn(long nanos) {
        cancel(nextRead);
        if (closed) {
            return;
        }
        nextRead = client.loop().schedule(this::read, nanos, TimeUnit.NANOSECONDS);
    }

    private static void cancel(@Nullable ScheduledFuture<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private final class ReadOutcome implements EtcdClient.Told<Snapshot> {
        /** A linearizable read tells all that was heard of before it was asked. */
        private final long atLeastRevision = seenRevision;

        @Override
        public void answer(Snapshot snapshot) {
            if (snapshot.revision() < atLeastRevision) {
                failure("etcd is back at revision " + snapshot.revision() + ", after " + atLeastRevision);
                return;
            }
            reading = false;
            readPauses.over();
            confirmed();
            tick();
            readIn(readInterval.toNanos()); // first: whatever becomes of this one, another one follows
            take(snapshot);
        }

        @Override
        public void failure(String why) {
            reading = false;
            tick();
            readIn(readPauses.next());
            if (!closed && System.nanoTime() - confirmedNanos > FORGET_NANOS) {
                lose(why);
            }
        }

        @Override
        public void surplus(Snapshot snapshot) {}
    }

    private void tick() {
        transitions.tick();
        strangeKeys.tick();
    }

    private void confirmed() {
        confirmedNanos = System.nanoTime();
        status = status.heard(confirmedNanos);
    }

    private void take(Snapshot snapshot) {
        if (watch != null && !watch.isOver() && snapshot.revision() < seenRevision) {
            return; // the watch was faster
        }
        Reading read = snapshot.after(store);
        boolean same = read.store().equals(store);
        boolean known = status.state() != State.BEGINNING && status.state() != State.LOST;
        tellUnreadable(read.unreadable());
        unreadable = read.unreadable();
        store = read.store();
        if (!same || !known || remembered) {
            tellStore(); // first: a watch that breaks at once tells that this is only remembered
        }
        if (watch == null || watch.isOver()) {
            watchAfter(snapshot.revision());
        } else if (!same) {
            transitions.write(
                    Level.INFO, "etcd: a read of Patroni's keys was ahead of their watch; another watch is begun");
            watch.endAsDeaf();
            watchAfter(snapshot.revision());
        }
    }

    private void tellStore() {
        remembered = false;
        listener.accept(Optional.of(store));
    }

    /** What has been said of a key is not said again with every read. */
    private void tellUnreadable(List<String> found) {
        found.stream()
                .filter(sentence -> !unreadable.contains(sentence))
                .forEach(sentence -> strangeKeys.write(Level.WARN, "etcd: " + sentence + "; it changes nothing"));
    }

    private void watchAfter(long revision) {
        if (watch != null) {
            status = status.restarted();
        }
        become(State.INTERRUPTED, "");
        readRevision = revision;
        seenRevision = revision;
        // What was read comes once more, and is dropped: a watch that begins with the next one hears of no progress.
        watch = client.watch(keys.ranges(), revision, new Heard());
    }

    private final class Heard implements Watch.Listener {
        private final long begunNanos = System.nanoTime();

        @Override
        public void made() {
            become(State.WATCHING, "");
        }

        @Override
        public void changed(List<Event> events) {
            List<StoredKey> changes = keys.changes(events, readRevision);
            if (changes.isEmpty()) {
                return;
            }
            confirmed();
            status = status.changed(changes.size());
            seenRevision =
                    Math.max(seenRevision, events.get(events.size() - 1).getKv().getModRevision());
            Reading read = PatroniStoreReader.read(store, changes);
            tellUnreadable(read.unreadable());
            if (!read.store().equals(store)) {
                store = read.store();
                tellStore();
            }
        }

        /** Nobody knows what was missed. */
        @Override
        public void broke(String why) {
            become(State.INTERRUPTED, why);
            if (System.nanoTime() - begunNanos > SOON_NANOS) {
                watchPauses.over();
            }
            readIn(watchPauses.next());
            remembered = true;
            listener.accept(Optional.of(store.remembered()));
        }
    }

    private void lose(String why) {
        if (status.state() != State.LOST) {
            if (watch != null) {
                watch.end();
            }
            store = PatroniStore.EMPTY;
            seenRevision = 0; // one that was restored from a backup begins anew
            become(State.LOST, why);
            listener.accept(Optional.empty());
        }
    }

    private void become(State next, String why) {
        State before = status.state();
        if (next == before) {
            return;
        }
        status = status.in(next);
        switch (next) {
            case BEGINNING -> {}
            case WATCHING -> transitions.write(Level.INFO, "etcd: Patroni's keys are watched");
            case INTERRUPTED -> {
                if (!why.isEmpty()) {
                    transitions.write(Level.INFO, "etcd: the watch of Patroni's keys is over: " + why);
                }
            }
            case LOST ->
                transitions.write(
                        Level.WARN,
                        "etcd: Patroni's keys are not heard of, so nodes are only asked at intervals: " + why);
        }
    }
}
