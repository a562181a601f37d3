package io.pgproxy.core;

import java.time.Duration;

/** The upper bounds of our histograms. */
final class LatencyBuckets {
    /** From one tick of a quick check to Patroni's ttl and the longest hold that one would set. */
    static final Duration[] WAITS = millis(50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000);

    /** A connect inside a data centre is a fraction of a millisecond; a lost SYN is retried after a second. */
    static final Duration[] CONNECTS = millis(1, 2, 5, 10, 50, 100, 500, 1_000, 2_000);

    private LatencyBuckets() {}

    private static Duration[] millis(long... bounds) {
        Duration[] durations = new Duration[bounds.length];
        for (int i = 0; i < bounds.length; i++) {
            durations[i] = Duration.ofMillis(bounds[i]);
        }
        return durations;
    }
}
