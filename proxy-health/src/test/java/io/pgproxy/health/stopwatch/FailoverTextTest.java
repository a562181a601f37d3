package io.pgproxy.health.stopwatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class FailoverTextTest {
    /** 2026-11-23 20:14:59.123 UTC. */
    private static final long BEGAN_MILLIS = 1_795_464_899_123L;

    private final Stopwatch well = Stopwatch.nothingKnown(100).primaryIs(Optional.of("pg102"), "", at(-10_000));

    private static Moment at(long millis) {
        return new Moment(millis * 1_000_000, BEGAN_MILLIS + millis);
    }

    private static String text(Stopwatch stopwatch) {
        return FailoverText.of(stopwatch.all().get(0));
    }

    private Stopwatch lost(Stopwatch before) {
        return before.primaryIs(Optional.empty(), "/primary 503, role replica (was primary)", at(0));
    }

    @Test
    void plannedSwitchoverIsOneSentence() {
        assertThat(text(lost(well.announced(at(-1_204)))
                        .parked(at(12))
                        .leaderKey("pg103", at(801))
                        .primaryIs(Optional.of("pg103"), "", at(1_201))
                        .served("pg103", at(1_227))))
                .isEqualTo("failover 1, pg102 to pg103, began at 2026-11-23 20:14:59.123 UTC"
                        + " (announced 1.204 s before): pg102 lost at once (/primary 503, role replica (was primary)), "
                        + "first session waited after 0.012 s, new leader key after 0.801 s, "
                        + "pg103 verified after 1.201 s, first byte to a client after 1.227 s");
    }

    @Test
    void phasesComeAsTimeHadThem() {
        assertThat(text(well.parked(at(0))
                        .primaryIs(Optional.empty(), "does not answer", at(9_800))
                        .primaryIs(Optional.of("pg103"), "", at(31_000))))
                .isEqualTo("failover 1, pg102 to pg103, began at 2026-11-23 20:14:59.123 UTC: "
                        + "first session waited at once, pg102 lost after 9.800 s (does not answer), "
                        + "pg103 verified after 31.000 s");
    }

    @Test
    void underWayNothingIsSaidOfTheEnd() {
        assertThat(text(lost(well))).startsWith("failover 1, pg102, began at ").endsWith("(was primary))");
    }

    @Test
    void lackOfClientsIsSaid() {
        assertThat(text(lost(well)
                        .primaryIs(Optional.of("pg103"), "", at(1_000))
                        .at(at(100_000))))
                .endsWith("pg103 verified after 1.000 s; no client came");
    }
}
