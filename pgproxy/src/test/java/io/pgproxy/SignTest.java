package io.pgproxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SignTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Sign sign = new Sign(Duration.ofSeconds(5), "a listener has not answered", 0);

    @Test
    void toMissItOnceIsNoObjection() {
        sign.seen(SECOND);
        sign.missed("time-out");
        assertThat(sign.objection(2 * SECOND)).isEmpty();
        assertThat(sign.objection(6 * SECOND)).isEmpty();
    }

    @Test
    void toMissItForLongIsOneWithTheReason() {
        sign.missed("time-out");
        assertThat(sign.objection(6 * SECOND)).contains("a listener has not answered for 5 s: time-out");
    }

    @Test
    void toSeeItAgainEndsTheObjection() {
        sign.missed("time-out");
        sign.seen(7 * SECOND);
        assertThat(sign.objection(8 * SECOND)).isEmpty();
        assertThat(sign.objection(13 * SECOND)).contains("a listener has not answered for 5 s");
    }
}
