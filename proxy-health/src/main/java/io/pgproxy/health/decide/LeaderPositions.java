package io.pgproxy.health.decide;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where the leader's log was, and when we saw it there: the measuring rod for lag. Immutable, and bounded: samples
 * closer together than {@code spacingNanos} are not kept, nor those older than {@code horizonNanos}.
 *
 * <p>Only monotonic times of our own: the clocks of the nodes, and Patroni's replayed_timestamp, which stands still
 * while nothing is written, have no say.
 *
 * @param source the leader and timeline that the samples come from; another one starts anew
 * @param samples oldest first, positions growing
 * @param newest the latest sample, also when it was too close to the one before to be kept
 * @param before the sample before the newest, kept or not: nodes are asked together, and where the leader answers first
 *     a replica was asked before the newest
 */
record LeaderPositions(
        long spacingNanos,
        long horizonNanos,
        String source,
        List<Sample> samples,
        Optional<Sample> newest,
        Optional<Sample> before) {
    /** Enough for one percent of the horizon, at 16 bytes and a reference each. */
    private static final int MAX_SAMPLES = 1000;

    /**
     * One look at the leader.
     *
     * @param atNanos when its answer came: at the latest by then it had written up to {@code position}
     */
    record Sample(long atNanos, long position) {}

    static LeaderPositions none(long horizonNanos) {
        return new LeaderPositions(
                horizonNanos / MAX_SAMPLES, horizonNanos, "", List.of(), Optional.empty(), Optional.empty());
    }

    LeaderPositions with(String from, Sample sample) {
        if (!from.equals(source)
                || newest.filter(last -> last.position() > sample.position()).isPresent()) {
            // Never measure by a log that has been abandoned.
            return new LeaderPositions(
                    spacingNanos, horizonNanos, from, List.of(sample), Optional.of(sample), Optional.empty());
        }
        return new LeaderPositions(spacingNanos, horizonNanos, from, kept(sample), Optional.of(sample), newest);
    }

    /** The lag of who was asked at that time and had replayed up to that position; empty without a recent sample. */
    Optional<Lag> lagOf(long replayed, long askedNanos, long maxAgeNanos) {
        Optional<Sample> reference = newest.filter(last -> last.atNanos() <= askedNanos)
                .or(() -> before.filter(last -> last.atNanos() <= askedNanos))
                .or(() -> lastBefore(askedNanos))
                .filter(last -> askedNanos - last.atNanos() <= maxAgeNanos);
        return reference.map(last -> new Lag(
                Math.max(0, last.position() - replayed),
                nanosBehind(replayed, last, askedNanos),
                samples.get(0).position() <= replayed || last.position() <= replayed));
    }

    private long nanosBehind(long replayed, Sample last, long askedNanos) {
        if (last.position() <= replayed) {
            return 0;
        }
        for (Sample sample : samples) {
            if (sample.position() > replayed) {
                return Math.max(0, askedNanos - sample.atNanos());
            }
        }
        return askedNanos - last.atNanos();
    }

    private Optional<Sample> lastBefore(long askedNanos) {
        for (int i = samples.size() - 1; i >= 0; i--) {
            if (samples.get(i).atNanos() <= askedNanos) {
                return Optional.of(samples.get(i));
            }
        }
        return Optional.empty();
    }

    private List<Sample> kept(Sample sample) {
        Sample last = samples.get(samples.size() - 1);
        if (sample.position() == last.position() || sample.atNanos() - last.atNanos() < spacingNanos) {
            return samples;
        }
        List<Sample> next = new ArrayList<>(samples);
        next.add(sample);
        // The last one beyond the horizon stays: what happened at the horizon is measured from it.
        while (next.size() > 2 && sample.atNanos() - next.get(1).atNanos() > horizonNanos) {
            next.remove(0);
        }
        return List.copyOf(next);
    }
}
