package io.pgproxy.health.decide;

import java.util.Optional;

/**
 * A switchover that Patroni's key {@code failover} has told of before it begins. Immutable.
 *
 * @param node the leader that is to give up
 * @param failover what the key said
 * @param sinceNanos when that was heard of
 * @param holdNanos how long from then on new sessions wait at most, instead of going to a node that is about to shut down
 * @param over whether it has come to nothing, or nobody would hear that it has
 * @param cleared whether the key has said nothing of it since: if it says the same again, that is another one
 */
public record Announcement(
        String node, StoredFailover failover, long sinceNanos, long holdNanos, boolean over, boolean cleared) {
    /** Before it shuts down PostgreSQL, Patroni has it write a checkpoint, which takes a busy one a while. */
    private static final long AWAITED_NANOS = 60_000_000_000L;

    /** Whether new sessions for that leader have to wait for the next one. */
    boolean holds(String leader, long nowNanos) {
        return !over && node.equals(leader) && nowNanos - sinceNanos < holdNanos;
    }

    /** Whether that leader is to be asked quickly, so that its end is not missed. */
    boolean isAwaited(String leader, long nowNanos) {
        return !over && node.equals(leader) && nowNanos - sinceNanos < AWAITED_NANOS;
    }

    /** Whether this is what has become of that one. */
    public boolean isSameAs(Announcement earlier) {
        return sinceNanos == earlier.sinceNanos;
    }

    Announcement ended() {
        return new Announcement(node, failover, sinceNanos, holdNanos, true, cleared);
    }

    /** The key says nothing of it any more; if the old leader still leads, it has come to nothing. */
    Announcement clearedUnder(Optional<String> leader) {
        boolean cameToNothing = leader.equals(Optional.of(node));
        return new Announcement(node, failover, sinceNanos, holdNanos, over || cameToNothing, true);
    }
}
