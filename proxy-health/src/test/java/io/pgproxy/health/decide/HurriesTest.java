package io.pgproxy.health.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HurriesTest {
    /** How many there are in that time, for who takes one every 10 ms. */
    private static int taken(Duration time) {
        Hurries hurries = Hurries.all(0);
        int taken = 0;
        for (long now = 0; now < time.toNanos(); now += 10_000_000) {
            hurries = hurries.at(now);
            if (hurries.areLeft()) {
                hurries = hurries.spent();
                taken++;
            }
        }
        return taken;
    }

    @Test
    void aSwitchoverHasEnough() {
        assertThat(taken(Duration.ofMillis(200))).isEqualTo(Hurries.MOST);
    }

    @Test
    void aFloodHasTwoASecond() {
        assertThat(taken(Duration.ofMinutes(10))).isBetween(1_200, 1_200 + Hurries.MOST);
    }

    @Test
    void allAreThereAgainAfterAWhile() {
        Hurries hurries = Hurries.all(0);
        for (int n = 0; n < Hurries.MOST; n++) {
            hurries = hurries.spent();
        }
        assertThat(hurries.areLeft()).isFalse();
        assertThat(hurries.at(Duration.ofHours(1).toNanos()).left()).isEqualTo(Hurries.MOST);
    }
}
