package io.pgproxy.health;

import io.pgproxy.health.store.StoreWatchStatus;
import java.time.Duration;
import java.util.Optional;

/**
 * How well it is known what Patroni keeps in etcd, for the status page, as of one instant. Immutable.
 *
 * @param age time since etcd last told the keys or a change of them
 * @param changes of keys that were heard of since the start
 * @param restarts how often the watch was begun anew
 * @param leaderKey the member that the leader key names; empty where there is none, or nobody knows
 */
public record StoreStatus(
        StoreWatchStatus.State state, Optional<Duration> age, long changes, long restarts, Optional<String> leaderKey) {
    static StoreStatus of(StoreWatchStatus watch, Optional<String> leaderKey, long nowNanos) {
        Optional<Duration> age = watch.heardNanos().isPresent()
                ? Optional.of(Duration.ofNanos(nowNanos - watch.heardNanos().getAsLong()))
                : Optional.empty();
        return new StoreStatus(watch.state(), age, watch.changes(), watch.restarts(), leaderKey);
    }
}
