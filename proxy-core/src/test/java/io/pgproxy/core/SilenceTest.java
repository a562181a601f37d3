package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SilenceTest {
    private static final long HOUR = TimeUnit.HOURS.toMillis(1);

    private final Silence silence = new Silence();

    private long look(long unacknowledgedMillis, long atMillis) {
        return silence.millis(unacknowledgedMillis, TimeUnit.MILLISECONDS.toNanos(atMillis));
    }

    @Test
    void firstBytesAfterAnHourOfQuietAreNoHourOfSilence() {
        look(0, HOUR - 5_000);
        assertThat(look(HOUR, HOUR)).isZero();
    }

    @Test
    void countsFromTheFirstLookThatFoundDataWaiting() {
        look(HOUR, HOUR);
        assertThat(look(HOUR + 5_000, HOUR + 5_000)).isEqualTo(5_000);
    }

    @Test
    void acknowledgementBetweenTwoLooksBeginsAnew() {
        look(HOUR, HOUR);
        look(3_000, HOUR + 5_000);
        assertThat(look(8_000, HOUR + 10_000)).isEqualTo(5_000);
    }

    @Test
    void nothingLeftToAcknowledgeBeginsAnew() {
        look(HOUR, HOUR);
        look(0, HOUR + 5_000);
        assertThat(look(HOUR, HOUR + 10_000)).isZero();
    }

    @Test
    void busyPeerThatVanishesIsSilentFromThenOn() {
        look(1, 1_000);
        look(2_000, 6_000);
        assertThat(look(7_000, 11_000)).isEqualTo(5_000);
    }
}
