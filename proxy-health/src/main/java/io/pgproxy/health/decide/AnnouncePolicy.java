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
 * @param old what the key said when it was first looked at, until it says something else
 */
public record AnnouncePolicy(Duration hold, Optional<StoredFailover> old) {
    /** From one announcement to the next at least; Patroni itself needs longer from one switchover to the next. */
    static final Duration SHORTEST_REST = Duration.ofSeconds(15);

    /** As many holds as there are at least from one announcement to the next: one to wait, the others to get in. */
    private static final int HOLDS_TO_REST = 3;

    /** Nothing has been looked at yet. */
    public AnnouncePolicy(Duration hold) {
        this(hold, Optional.empty());
    }

    /**
     * Once etcd has that, after it had the other, or after nobody knew. Whoever leads, a key that was there before is old:
     * the leader key may be missing just then. One for a later time is not, since it says when it begins.
     */
    public AnnouncePolicy heard(Optional<PatroniStore> before, Optional<PatroniStore> now, long wallMillis) {
        Optional<StoredFailover> found = now.flatMap(PatroniStore::failover);
        if (before.isPresent()) {
            return found.equals(old) ? this : new AnnouncePolicy(hold);
        }
        return new AnnouncePolicy(hold, found.filter(failover -> !failover.isForLater(wallMillis)));
    }

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

    /** What is announced when nobody knows any more what etcd has: nobody would hear that it is called off. */
    public static Optional<Announcement> whileUnknown(Optional<Announcement> before) {
        return before.map(Announcement::ended);
    }

    private Optional<StoredFailover> told(PatroniStore store, long wallMillis) {
        return store.failover()
                .filter(failover -> !old.equals(Optional.of(failover)))
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
