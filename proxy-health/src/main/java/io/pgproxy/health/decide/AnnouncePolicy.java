package io.pgproxy.health.decide;

import java.time.Duration;
import java.util.Optional;

/**
 * When Patroni's key {@code failover} makes new sessions wait. Immutable.
 *
 * <p>It is a word ahead of time, and anybody may have written it: a key counts once, however long it lies there, for so
 * long as is configured and no longer, and the next one not before a rest. So whoever may write to etcd can delay new
 * sessions for a third of the time, and not keep them from their primary. A key that lay there before we could look has
 * told others.
 *
 * @param hold how long new sessions wait at most; none where it is zero
 */
public record AnnouncePolicy(Duration hold) {
    /** From one announcement to the next at least; Patroni itself needs longer from one switchover to the next. */
    static final Duration SHORTEST_REST = Duration.ofSeconds(15);

    /** As many holds as there are at least from one announcement to the next: one to wait, the others to get in. */
    private static final int HOLDS_TO_REST = 3;

    /** What is announced, given what was before and what etcd has now; times by the monotonic and by the wall clock. */
    public Optional<Announcement> next(
            Optional<Announcement> before, ClusterHealth cluster, PatroniStore store, long nowNanos, long wallMillis) {
        Optional<String> leader = store.leader().flatMap(cluster::nodeCalled);
        Optional<StoredFailover> told = told(store, wallMillis);
        if (told.isEmpty()) {
            return before.map(was -> was.clearedUnder(leader));
        }
        boolean isNews = leader.isPresent()
                && before.filter(was -> isKnown(was, told.get(), leader.get()) || isResting(was, nowNanos))
                        .isEmpty();
        return isNews
                ? Optional.of(new Announcement(leader.get(), told.get(), nowNanos, hold.toNanos(), false, false))
                : before;
    }

    /** The same, when nobody knows how long the key has been there. */
    public Optional<Announcement> old(ClusterHealth cluster, PatroniStore store, long nowNanos, long wallMillis) {
        return next(Optional.empty(), cluster, store, nowNanos, wallMillis).map(Announcement::ended);
    }

    private static Optional<StoredFailover> told(PatroniStore store, long wallMillis) {
        return store.failover()
                .filter(failover -> failover.isDue(wallMillis))
                .filter(failover -> failover.concerns(store.leader()));
    }

    private static boolean isKnown(Announcement was, StoredFailover told, String leader) {
        return !was.cleared() && was.failover().equals(told) && was.node().equals(leader);
    }

    /** A fixed rest would be no rest for a longer hold. To forbid long holds would leave a slow CHECKPOINT unheld. */
    private boolean isResting(Announcement was, long nowNanos) {
        return nowNanos - was.sinceNanos() < Math.max(SHORTEST_REST.toNanos(), HOLDS_TO_REST * hold.toNanos());
    }
}
