package io.pgproxy.vip.machine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.vip.machine.sim.Plan.Where;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes wrong beside the holder is no reason for the address to move. */
class SmallTroublesSimulationTest {
    private static final int RUNS = 25;

    @ParameterizedTest
    @EnumSource(
            names = {"CRASH", "CLEAN_STOP", "FROZEN", "ETCD_LINE_CUT", "CABLE_PULLED", "NOT_ELIGIBLE", "STALE_LEADER"})
    void ofTheOtherHostMovesNothing(Trouble trouble) {
        for (long seed = 0; seed < RUNS; seed++) {
            assertThat(heldThrough(trouble, Where.NEXT, 8 * Span.SECOND, seed))
                    .as("seed %s", seed)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LAN_CUT", "HOST_CUT_OFF_FROM_HOSTS"})
    void betweenTheHostsMovesNothing(Trouble trouble) {
        for (long seed = 0; seed < RUNS; seed++) {
            assertThat(heldThrough(trouble, Where.HOLDER, 8 * Span.SECOND, seed))
                    .as("seed %s", seed)
                    .isTrue();
        }
    }

    @Test
    void aPauseOfHalfASecondMovesNothing() {
        for (long seed = 0; seed < RUNS; seed++) {
            assertThat(heldThrough(Trouble.FROZEN, Where.HOLDER, 500 * Span.MILLI, seed))
                    .as("seed %s", seed)
                    .isTrue();
        }
    }

    @Test
    void anAddressThatAnOperatorRemovesIsBackWithinATenthOfASecond() {
        for (long seed = 0; seed < RUNS; seed++) {
            Plan plan = plan(Trouble.OPERATOR_TAKES_ADDRESS, Where.HOLDER, 0, seed);
            Gaps gaps = run(plan, seed);
            assertThat(gaps.withoutHolderNanos(plan.quietNanos, plan.calmNanos()))
                    .as("seed %s", seed)
                    .isBetween(1L, 100 * Span.MILLI);
        }
    }

    private static boolean heldThrough(Trouble trouble, Where where, long lengthNanos, long seed) {
        Plan plan = plan(trouble, where, lengthNanos, seed);
        return run(plan, seed).oneHeldThrough(plan.quietNanos, plan.calmNanos());
    }

    private static Plan plan(Trouble trouble, Where where, long lengthNanos, long seed) {
        Plan plan = new Plan();
        plan.quietNanos = 6 * Span.SECOND;
        plan.troubledNanos = 12 * Span.SECOND;
        return plan.then(trouble, where, new Chance(~seed).between(0, Span.SECOND), lengthNanos);
    }

    private static Gaps run(Plan plan, long seed) {
        Simulation.Outcome outcome = Simulation.run(plan, seed, false);
        assertThat(outcome.violation()).as("seed %s", seed).isEmpty();
        return outcome.world().gaps();
    }
}
