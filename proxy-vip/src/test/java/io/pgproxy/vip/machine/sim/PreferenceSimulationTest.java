package io.pgproxy.vip.machine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.vip.machine.Member;
import io.pgproxy.vip.machine.Preferences;
import io.pgproxy.vip.machine.sim.Plan.Where;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Where the address goes although it could stay: to one that sees a primary, and to one that is to have it. */
class PreferenceSimulationTest {
    private static final int RUNS = 25;
    private static final long AFTER_NANOS = 10 * Span.SECOND;
    private static final long PREEMPT_NANOS = 5 * Span.SECOND;

    @Test
    void aHolderThatAloneSeesNoPrimaryLosesTheAddressOnceAndWithinASecond() {
        for (long seed = 0; seed < RUNS; seed++) {
            Plan plan = withoutSight(Where.HOLDER, 30 * Span.SECOND, seed);
            Gaps gaps = run(plan, seed);
            long atNanos = plan.appointments.get(0).atNanos();
            assertThat(gaps.untilNextHolderNanos(atNanos))
                    .as("seed %s", seed)
                    .isBetween(AFTER_NANOS - AFTER_NANOS / 50, AFTER_NANOS + Span.SECOND);
            assertThat(gaps.arrivalsSince(atNanos)).as("seed %s", seed).isEqualTo(1);
            assertThat(gaps.withoutHolderNanos(atNanos, plan.calmNanos()))
                    .as("seed %s", seed)
                    .isLessThan(250 * Span.MILLI);
        }
    }

    @Test
    void nothingMovesWhileNobodySeesAPrimary() {
        for (long seed = 0; seed < RUNS; seed++) {
            Plan plan = withoutSight(Where.EVERYWHERE, 30 * Span.SECOND, seed);
            assertThat(run(plan, seed).oneHeldThrough(plan.quietNanos, plan.calmNanos()))
                    .as("seed %s", seed)
                    .isTrue();
        }
    }

    @Test
    void nothingMovesWithoutEtcd() {
        for (long seed = 0; seed < RUNS; seed++) {
            Plan plan = withoutSight(Where.HOLDER, 30 * Span.SECOND, seed);
            plan.then(Trouble.ETCD_DOWN, Where.HOLDER, 0, 30 * Span.SECOND);
            assertThat(run(plan, seed).oneHeldThrough(plan.quietNanos, plan.calmNanos()))
                    .as("seed %s", seed)
                    .isTrue();
        }
    }

    @Test
    void aStandbyThatSeesNoPrimaryIsNoTakerOfWhatTheHolderHandsOver() {
        for (long seed = 0; seed < RUNS; seed++) {
            Plan plan = withoutSight(Where.HOLDER, 30 * Span.SECOND, seed);
            plan.hosts = 3;
            plan.then(Trouble.PRIMARY_OUT_OF_SIGHT, Where.NEXT, 0, 30 * Span.SECOND);
            assertThat(run(plan, seed).arrivalsSince(plan.quietNanos))
                    .as("seed %s", seed)
                    .isEqualTo(1);
        }
    }

    @Test
    void theFavouriteGetsTheAddressBackOnceWhenItHasBeenFitForLongEnough() {
        for (long seed = 0; seed < RUNS; seed++) {
            Plan plan = new Plan();
            plan.quietNanos = 80 * Span.SECOND; // whoever has just handed over keeps what it gets back for a minute
            plan.troubledNanos = 40 * Span.SECOND;
            plan.favourite = OptionalInt.of(1);
            plan.preemptNanos = PREEMPT_NANOS;
            plan.builder = Decider.preferring(PreferenceSimulationTest::ofFavourite);
            plan.then(Trouble.NOT_ELIGIBLE, Where.HOLDER, 0, Span.SECOND);
            Gaps gaps = run(plan, seed);
            assertThat(gaps.arrivalsSince(plan.quietNanos)).as("seed %s", seed).isEqualTo(2);
            assertThat(gaps.arrivalsSince(plan.quietNanos + Span.SECOND + PREEMPT_NANOS * 49 / 50))
                    .as("seed %s", seed)
                    .isEqualTo(1);
            assertThat(gaps.oneHeldThrough(plan.quietNanos + PREEMPT_NANOS + 3 * Span.SECOND, plan.calmNanos()))
                    .as("seed %s", seed)
                    .isTrue();
        }
    }

    private static Preferences ofFavourite(Member member) {
        boolean favourite = member.equals(Host.nameOf(1));
        return new Preferences(OptionalLong.empty(), favourite ? 200 : 100, OptionalLong.of(PREEMPT_NANOS), 0);
    }

    private static Plan withoutSight(Where where, long lengthNanos, long seed) {
        Plan plan = new Plan();
        plan.quietNanos = 6 * Span.SECOND;
        plan.troubledNanos = lengthNanos + 8 * Span.SECOND;
        Preferences preferences = new Preferences(OptionalLong.of(AFTER_NANOS), 100, OptionalLong.empty(), 0);
        plan.builder = Decider.preferring(member -> preferences);
        long afterNanos = new Chance(~seed).between(0, Span.SECOND);
        return plan.then(Trouble.PRIMARY_OUT_OF_SIGHT, where, afterNanos, lengthNanos);
    }

    private static Gaps run(Plan plan, long seed) {
        Simulation.Outcome outcome = Simulation.run(plan, seed, false);
        assertThat(outcome.violation()).as("seed %s", seed).isEmpty();
        return outcome.world().gaps();
    }
}
