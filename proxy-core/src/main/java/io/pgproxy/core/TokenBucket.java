package io.pgproxy.core;

import io.pgproxy.config.RulesConfig.ConnectRate;
import java.util.concurrent.TimeUnit;

/**
 * A token bucket, kept as the one instant at which it will be full again: whoever takes a token moves it on by the time
 * that one token needs. A pure machine, told the time; it keeps no clock running.
 */
final class TokenBucket {
    private long fullAtNanos;

    /** A full one. */
    TokenBucket(long nowNanos) {
        fullAtNanos = nowNanos;
    }

    /** Takes a token if there is a whole one. */
    boolean take(ConnectRate rate, long nowNanos) {
        long token = TimeUnit.SECONDS.toNanos(1) / rate.perSecond();
        long lacking = Math.max(0, fullAtNanos - nowNanos);
        if (lacking + token > rate.burst() * token) {
            return false;
        }
        fullAtNanos = nowNanos + lacking + token;
        return true;
    }

    /** Whether it is as good as a new one, so that nothing is lost when it is forgotten. */
    boolean isFull(long nowNanos) {
        return fullAtNanos - nowNanos <= 0;
    }
}
