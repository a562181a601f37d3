package io.pgproxy.health.stopwatch;

/**
 * One instant on both clocks. Immutable.
 *
 * @param nanos the monotonic time, by which every duration is told
 * @param epochMillis the wall clock at that instant, which is only shown: it may be stepped
 */
public record Moment(long nanos, long epochMillis) {
    /** How much later this one is; negative if it is earlier. */
    public long nanosSince(Moment other) {
        return nanos - other.nanos;
    }
}
