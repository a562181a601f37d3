package io.pgproxy.vip.machine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a healthy pair does while etcd as a whole is away. */
class EtcdOutageSimulationTest {
    private static final int RUNS = 30;
    private static final long MINUTE_NANOS = 60 * Span.SECOND;

    @Test
    void aMinuteWithoutEtcdMovesNothingWhileThePeersTalk() {
        for (long seed = 0; seed < RUNS; seed++) {
            assertThat(heldThrough(outage(MINUTE_NANOS, seed), seed))
                    .as("seed %s", seed)
                    .isTrue();
        }
    }

    @Test
    void aChangeOfTheLeaderAloneMovesNothing() {
        for (long seed = 0; seed < 5 * RUNS; seed++) {
            long electionNanos = new Chance(seed).between(0, 3 * Span.SECOND);
            assertThat(heldThrough(outage(electionNanos, seed), seed))
                    .as("seed %s", seed)
                    .isTrue();
        }
    }

    @Test
    void anotherChangeSoonAfterTheFirstMovesNothing() {
        for (long seed = 0; seed < 2 * RUNS; seed++) {
            Plan plan = outage(2_500 * Span.MILLI, seed);
            long againNanos = new Chance(seed).between(4 * Span.SECOND, 6 * Span.SECOND);
            plan.then(Trouble.ETCD_DOWN, Plan.Where.HOLDER, againNanos, 2_500 * Span.MILLI);
            assertThat(heldThrough(plan, seed)).as("seed %s", seed).isTrue();
        }
    }

    @Test
    void theHolderLetsGoWhenThePeersDoNotTalkEither() {
        for (long seed = 0; seed < RUNS; seed++) {
            Plan plan = outage(MINUTE_NANOS, seed);
            plan.then(Trouble.HOST_CUT_OFF_FROM_HOSTS, Plan.Where.HOLDER, 0, MINUTE_NANOS);
            long atNanos = plan.appointments.get(0).atNanos();
            World world = run(plan, seed);
            long heldNanos = MINUTE_NANOS - world.gaps().withoutHolderNanos(atNanos, atNanos + MINUTE_NANOS);
            assertThat(heldNanos).as("seed %s", seed).isLessThan(4 * Span.SECOND);
        }
    }

    private static Plan outage(long lengthNanos, long seed) {
        Plan plan = new Plan();
        plan.hosts = seed % 3 == 0 ? 3 : 2;
        plan.quietNanos = 6 * Span.SECOND;
        plan.troubledNanos = lengthNanos + 8 * Span.SECOND;
        long afterNanos = new Chance(~seed).between(0, Span.SECOND);
        return plan.then(Trouble.ETCD_DOWN, Plan.Where.HOLDER, afterNanos, lengthNanos);
    }

    private static boolean heldThrough(Plan plan, long seed) {
        return run(plan, seed).gaps().oneHeldThrough(plan.quietNanos, plan.calmNanos());
    }

    private static World run(Plan plan, long seed) {
        Simulation.Outcome outcome = Simulation.run(plan, seed, false);
        assertThat(outcome.violation()).as("seed %s", seed).isEmpty();
        return outcome.world();
    }
}
