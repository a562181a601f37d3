package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class MinuteCountTest {
    private final MinuteCount count = new MinuteCount();

    @Test
    void firstIsToldAtOnce() {
        assertThat(count.add(-5)).isEqualTo(1);
    }

    @Test
    void othersOfTheMinuteAreNot() {
        count.add(0);
        assertThat(count.add(MinuteCount.QUIET_NANOS - 1)).isZero();
    }

    @Test
    void theyAreToldTogetherAfterIt() {
        count.add(0);
        count.add(1);
        count.add(2);
        assertThat(count.due(MinuteCount.QUIET_NANOS)).isEqualTo(2);
    }

    @Test
    void nothingIsToldOfAQuietMinute() {
        count.add(0);
        assertThat(count.due(MinuteCount.QUIET_NANOS)).isZero();
    }

    @Test
    void isToldAtOnceAgainAfterAQuietMinute() {
        count.add(0);
        assertThat(count.add(MinuteCount.QUIET_NANOS)).isEqualTo(1);
    }
}
