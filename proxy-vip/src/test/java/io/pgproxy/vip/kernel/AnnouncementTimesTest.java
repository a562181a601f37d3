package io.pgproxy.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AnnouncementTimesTest {
    private static final long START = TimeUnit.SECONDS.toNanos(1_000);

    private final AnnouncementTimes times = new AnnouncementTimes();
    private long now = START;

    private List<Long> nextMillis(int count) {
        List<Long> millis = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            now += times.leftNanos(now);
            millis.add(TimeUnit.NANOSECONDS.toMillis(now - START));
            times.said(now);
        }
        return millis;
    }

    @Test
    void aBurstAndThenOnceInAWhile() {
        times.begin(now);

        assertThat(nextMillis(7)).containsExactly(0L, 100L, 300L, 1_000L, 3_000L, 13_000L, 23_000L);
    }

    @Test
    void whatCouldNotBeSentIsSaidSoonAndTheBurstIsWholeAllTheSame() {
        times.begin(now);
        for (int i = 0; i < 30; i++) {
            times.failed(now);
            now += times.leftNanos(now);
        }

        assertThat(nextMillis(5)).containsExactly(3_000L, 3_100L, 3_300L, 4_000L, 6_000L);
    }

    @Test
    void aNewBeginIsANewBurst() {
        times.begin(now);
        nextMillis(6);
        times.begin(now);

        assertThat(nextMillis(2)).containsExactly(13_000L, 13_100L);
    }
}
