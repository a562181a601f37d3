package io.pgproxy.vip.machine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The simulated kernel does with an address what FACTS measured of the real one. */
class KernelModelTest {
    private static final long LATEST_NANOS = 410 * Span.MILLI;

    private final Agenda agenda = new Agenda();
    private final List<String> seen = new ArrayList<>();
    private final Kernel kernel =
            new Kernel(agenda, new HostClock(agenda, 0, 1), new Chance(1), LATEST_NANOS, new Kernel.Witness() {
                @Override
                public void appeared() {
                    seen.add("appeared");
                }

                @Override
                public void vanished(Kernel.Why why) {
                    seen.add(why.name());
                }
            });

    @Test
    void keepsTheAddressForItsLifetime() {
        kernel.touch(2);
        agenda.runUntil(2 * Span.SECOND);
        assertThat(kernel.present()).isTrue();
    }

    @Test
    void dropsItSomewhatLater() {
        kernel.touch(2);
        agenda.runUntil(2 * Span.SECOND + LATEST_NANOS + 2);
        assertThat(seen).containsExactly("appeared", "LIFETIME_OVER");
    }

    @Test
    void aTouchInTimeRenews() {
        kernel.touch(2);
        agenda.runUntil(Span.SECOND);
        kernel.touch(2);
        agenda.runUntil(3 * Span.SECOND);
        assertThat(seen).containsExactly("appeared");
    }

    @Test
    void aTouchThatIsTooLatePutsItOnAgain() {
        kernel.touch(2);
        agenda.runUntil(3 * Span.SECOND);
        kernel.touch(2);
        assertThat(seen).containsExactly("appeared", "LIFETIME_OVER", "appeared");
    }

    @Test
    void whatWasDeletedIsNotDroppedAgain() {
        kernel.touch(2);
        kernel.delete(Kernel.Why.DELETED);
        agenda.runUntil(5 * Span.SECOND);
        assertThat(seen).containsExactly("appeared", "DELETED");
    }

    @Test
    void aFastClockEndsTheLifetimeEarlier() {
        Kernel fast = new Kernel(agenda, new HostClock(agenda, 7, 1.02), new Chance(1), 0, new Kernel.Witness() {
            @Override
            public void appeared() {}

            @Override
            public void vanished(Kernel.Why why) {
                seen.add(why + " after " + agenda.nowNanos() / Span.MILLI);
            }
        });
        fast.touch(51);
        agenda.runUntil(60 * Span.SECOND);
        assertThat(seen).containsExactly("LIFETIME_OVER after 50000");
    }
}
