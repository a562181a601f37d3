package io.pgproxy.vip.peer;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AllowanceTest {
    private final Allowance allowance = new Allowance(10, 20);

    @Test
    void allowsSoManyAtOnce() {
        assertThat(taken(100, SECONDS.toNanos(1_000))).isEqualTo(20);
    }

    @Test
    void allowsSoManyASecondAfterThat() {
        assertThat(taken(100, 0)).isEqualTo(20);
        assertThat(taken(100, MILLISECONDS.toNanos(99))).isZero();
        assertThat(taken(100, MILLISECONDS.toNanos(100))).isEqualTo(1);
        assertThat(taken(100, MILLISECONDS.toNanos(600))).isEqualTo(5);
    }

    @Test
    void savesNoMoreThanItsBurst() {
        assertThat(taken(1, 0)).isEqualTo(1);
        assertThat(taken(100, SECONDS.toNanos(3_600))).isEqualTo(20);
    }

    @Test
    void doesNotMindWhereTheClockBegins() {
        assertThat(taken(100, Long.MAX_VALUE - 5)).isEqualTo(20);
        assertThat(taken(100, Long.MAX_VALUE - 5 + SECONDS.toNanos(1))).isEqualTo(10);
    }

    private long taken(int asked, long nowNanos) {
        return IntStream.range(0, asked)
                .filter(each -> allowance.take(nowNanos))
                .count();
    }
}
