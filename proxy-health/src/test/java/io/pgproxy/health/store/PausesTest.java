package io.pgproxy.health.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PausesTest {
    private final Pauses pauses = new Pauses();

    private List<Long> millis(int count) {
        return Stream.generate(pauses::next)
                .limit(count)
                .map(TimeUnit.NANOSECONDS::toMillis)
                .toList();
    }

    @Test
    void growWithEachFailureInARowUpToTwoSeconds() {
        assertThat(millis(6)).containsExactly(250L, 500L, 1_000L, 2_000L, 2_000L, 2_000L);
    }

    @Test
    void beginAgainWhenItHasWorked() {
        millis(6);
        pauses.over();
        assertThat(millis(2)).containsExactly(250L, 500L);
    }
}
