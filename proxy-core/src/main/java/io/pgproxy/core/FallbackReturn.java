package io.pgproxy.core;

import io.pgproxy.config.RulesConfig.ConnectRate;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How fast the sessions of one listener that have fallen back to the primary may leave it, once there are replicas
 * again. Each of them asks now and then; as many a second are told to go as the rate allows. Safe from any thread.
 */
final class FallbackReturn {
    /** Sessions ask ten times a second, a part of them each time: what one time may bring. */
    private static final int TIMES_A_SECOND = 10;

    private final Optional<ConnectRate> rate;
    private @Nullable TokenBucket bucket;

    /** @param perSecond empty for never */
    FallbackReturn(OptionalInt perSecond) {
        rate = perSecond.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new ConnectRate(perSecond.getAsInt(), Math.max(1, perSecond.getAsInt() / TIMES_A_SECOND)));
    }

    boolean isOn() {
        return rate.isPresent();
    }

    /** Whether one more may go now, which is counted then. */
    synchronized boolean take(long nowNanos) {
        if (bucket == null) {
            bucket = new TokenBucket(nowNanos);
        }
        return rate.isPresent() && bucket.take(rate.get(), nowNanos);
    }
}
