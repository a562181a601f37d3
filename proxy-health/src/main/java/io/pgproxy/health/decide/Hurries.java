package io.pgproxy.health.decide;

import java.time.Duration;

/**
 * How often one node may still be asked out of turn since somebody has written something to etcd. Immutable.
 *
 * <p>A switchover writes a few times about each node. Whoever may write there may write all day, and every word of theirs
 * would be a check within {@link PollPolicy#hurriedNanos}: what is left is used up then, and comes back slowly.
 *
 * @param left checks that may be hurried at once
 * @param countedNanos when the last one came back, or all were there
 */
public record Hurries(int left, long countedNanos) {
    static final int MOST = 20;

    static final Duration COMES_BACK = Duration.ofMillis(500);

    /** All of them. */
    public static Hurries all(long nowNanos) {
        return new Hurries(MOST, nowNanos);
    }

    /** The same, with those that have come back by then. */
    public Hurries at(long nowNanos) {
        long back = (nowNanos - countedNanos) / COMES_BACK.toNanos();
        return left + back >= MOST
                ? all(nowNanos)
                : new Hurries(left + (int) back, countedNanos + back * COMES_BACK.toNanos());
    }

    /** Whether there is one. */
    public boolean areLeft() {
        return left > 0;
    }

    /** One fewer. */
    public Hurries spent() {
        return new Hurries(left - 1, countedNanos);
    }
}
