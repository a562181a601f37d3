package io.pgproxy.health.store;

import static io.pgproxy.etcd.Eventually.eventually;

import io.pgproxy.config.EtcdConfig;
import io.pgproxy.config.EtcdEndpoint;
import io.pgproxy.health.decide.PatroniStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A watch of the cluster main, and all that it has told. */
final class Listening implements AutoCloseable {
    static final String PREFIX = "/service/main/";

    final List<Optional<PatroniStore>> told = new CopyOnWriteArrayList<>();
    private final PatroniStoreWatch watch;

    Listening(EtcdConfig etcd, Duration readInterval) {
        watch = new PatroniStoreWatch(etcd, PREFIX, readInterval, told::add);
        watch.begin();
    }

    /** One that learns from its watch, and hardly ever from a read. */
    static Listening at(EtcdEndpoint... members) {
        return new Listening(etcd(members), Duration.ofMinutes(10));
    }

    static EtcdConfig etcd(EtcdEndpoint... members) {
        return new EtcdConfig(
                List.of(members),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    StoreWatchStatus status() {
        return watch.status();
    }

    Listening watching() {
        eventually("it watches", () -> status().state() == StoreWatchStatus.State.WATCHING);
        return this;
    }

    boolean hasHeardOf(String leader) {
        return !told.isEmpty()
                && told.get(told.size() - 1).flatMap(PatroniStore::leader).equals(Optional.of(leader));
    }

    /** What is known now. */
    PatroniStore lastTold() {
        return told.get(told.size() - 1).orElseThrow();
    }

    /** Nothing is known any more. */
    boolean hasForgotten() {
        return !told.isEmpty() && told.get(told.size() - 1).isEmpty();
    }

    @Override
    public void close() {
        watch.close();
    }
}
