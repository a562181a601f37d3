package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.RulesConfig.ConnectRate;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TokenBucketTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private static long taken(TokenBucket bucket, ConnectRate rate, long attempts, long nowNanos) {
        return LongStream.range(0, attempts)
                .filter(i -> bucket.take(rate, nowNanos))
                .count();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MAX_VALUE - 5, Long.MIN_VALUE})
    void holdsItsBurstAndNoMoreWheneverTheClockBegan(long now) {
        assertThat(taken(new TokenBucket(now), new ConnectRate(10, 25), 100, now))
                .isEqualTo(25);
    }

    @Test
    void refillsAsManyAsTheRateSaysInASecond() {
        ConnectRate rate = new ConnectRate(10, 25);
        TokenBucket bucket = new TokenBucket(0);
        taken(bucket, rate, 100, 0);
        assertThat(taken(bucket, rate, 100, SECOND)).isEqualTo(10);
    }

    @Test
    void neverHoldsMoreThanItsBurst() {
        ConnectRate rate = new ConnectRate(10, 25);
        TokenBucket bucket = new TokenBucket(0);
        taken(bucket, rate, 100, 0);
        assertThat(taken(bucket, rate, 100, 3600 * SECOND)).isEqualTo(25);
    }

    @Test
    void refusedAttemptsCostNothing() {
        ConnectRate rate = new ConnectRate(1, 1);
        TokenBucket bucket = new TokenBucket(0);
        taken(bucket, rate, 1_000, 0);
        assertThat(taken(bucket, rate, 1, SECOND)).isEqualTo(1);
    }

    @Test
    void oneTokenComesAfterItsShareOfASecond() {
        ConnectRate rate = new ConnectRate(4, 1);
        TokenBucket bucket = new TokenBucket(0);
        bucket.take(rate, 0);
        assertThat(bucket.take(rate, SECOND / 4 - 1)).isFalse();
        assertThat(bucket.take(rate, SECOND / 4)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 999, 100_000})
    void keepsItsRateOverAMinute(int perSecond) {
        ConnectRate rate = new ConnectRate(perSecond, perSecond);
        TokenBucket bucket = new TokenBucket(0);
        long taken = 0;
        for (int tenth = 0; tenth < 600; tenth++) {
            taken += taken(bucket, rate, perSecond + 1L, tenth * SECOND / 10);
        }
        assertThat(taken).isBetween(60L * perSecond, 61L * perSecond);
    }

    @Test
    void isFullAgainWhenWhatWasTakenHasComeBack() {
        ConnectRate rate = new ConnectRate(10, 25);
        TokenBucket bucket = new TokenBucket(0);
        taken(bucket, rate, 20, 0);
        assertThat(bucket.isFull(2 * SECOND - 1)).isFalse();
        assertThat(bucket.isFull(2 * SECOND)).isTrue();
    }
}
