package io.pgproxy.health.decide;

import io.pgproxy.config.MaxLag;

/**
 * How far a replica was behind when it last could be measured. Immutable.
 *
 * @param bytes of WAL that the leader was known to have written before the replica was asked, less what it had replayed
 * @param nanos since our own sample at which the leader first passed what the replica had replayed
 * @param exact false if even our oldest sample was past it: {@code nanos} is then only the least that it can be
 */
public record Lag(long bytes, long nanos, boolean exact) {
    /** Whether it is beyond a limit. */
    boolean isOver(MaxLag max) {
        return (max.bytes().isPresent() && bytes > max.bytes().getAsLong())
                || (max.time().isPresent() && nanos > max.time().get().toNanos());
    }

    /** Whether it is certainly within half of every limit. */
    boolean isWellWithin(MaxLag max) {
        boolean bytesFit = max.bytes().isEmpty() || bytes <= max.bytes().getAsLong() / 2;
        boolean timeFits =
                max.time().isEmpty() || (exact && nanos <= max.time().get().toNanos() / 2);
        return bytesFit && timeFits;
    }
}
