package io.pgproxy.vip.machine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.vip.machine.Planted;
import io.pgproxy.vip.machine.sim.Plan.Where;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/**
 * Each hole that the protocol closes, opened again: the simulation has to find two hosts with the address within a
 * limited number of seeds, and none with the real machine in the very same run. Where a hole shows only in a certain
 * combination, the plan brings that about.
 */
class PlantedFaultSimulationTest {
    private static final int SEEDS = 400;
    private static final long SECOND = Span.SECOND;
    private static final long MILLI = Span.MILLI;

    @Test
    void aDelayedNetlinkCallPutsTheAddressBack() {
        isFound(PlantedFaultSimulationTest::pausesBeforeTouches, plan -> plan.fuse = Fuse.NONE);
    }

    @Test
    void aLifetimeComputedBeforeAPauseIsTooLong() {
        isFound(PlantedFaultSimulationTest::pausesBeforeTouches, plan -> plan.fuse = Fuse.FROM_THE_CALL);
    }

    private static Plan pausesBeforeTouches(long seed) {
        Plan plan = withoutArp();
        plan.criticalPauses = 0.2;
        return plan;
    }

    @Test
    void theAddressPutOnAgainAfterTheKernelsDropMeetsAnothers() {
        isFound(
                seed -> {
                    Chance chance = new Chance(~seed);
                    long frozenNanos = chance.between(1_400 * MILLI, 2 * SECOND);
                    Plan plan = new Plan();
                    plan.then(
                            Trouble.KERNEL_REFUSES, Where.HOLDER, 0, frozenNanos); // its end comes before the deadline
                    plan.then(Trouble.FROZEN, Where.HOLDER, frozenNanos, chance.between(500 * MILLI, 1_500 * MILLI));
                    return plan.then(Trouble.OPERATOR_DELETES_KEY, Where.HOLDER, frozenNanos + 10 * MILLI, 0);
                },
                plan -> plan.builder = Planted::refillsTheGap);
    }

    @Test
    void anOperatorsDeletionIsNoRelease() {
        isFound(
                seed -> new Plan()
                        .then(Trouble.OPERATOR_DELETES_KEY, Where.HOLDER, new Chance(~seed).between(0, SECOND), 0),
                plan -> plan.builder = Meddlers.takesAbsenceForRelease());
    }

    @Test
    void twoProbersAtOnceBothHearNobody() {
        isFound(
                seed -> {
                    Plan plan = new Plan().then(Trouble.CRASH, Where.HOLDER, 0, 0);
                    plan.briefPauses =
                            0.3; // so that one is heard to announce the address only after the other added it
                    for (long afterNanos = 2_500 * MILLI; afterNanos < 4_500 * MILLI; afterNanos += 150 * MILLI) {
                        plan.then(Trouble.OPERATOR_DELETES_KEY, Where.HOLDER, afterNanos, 0);
                    }
                    return plan;
                },
                plan -> plan.builder = Planted::addsWithoutProof);
    }

    @Test
    void whoNeverHeldMustNotMarkARelease() {
        isFound(
                seed -> {
                    Chance chance = new Chance(~seed);
                    Plan plan = new Plan();
                    plan.then(Trouble.FROZEN, Where.HOLDER, 0, 6 * SECOND);
                    plan.then(Trouble.OPERATOR_DELETES_KEY, Where.HOLDER, 10 * MILLI, 0);
                    return plan.then(Trouble.NOT_ELIGIBLE, Where.NEXT, chance.between(200 * MILLI, SECOND), 50 * MILLI);
                },
                plan -> plan.builder = Meddlers.marksWithoutHavingHeld());
    }

    @Test
    void peerListsThatDifferLeaveOneOut() {
        isFound(
                seed -> {
                    Plan plan = withoutArp();
                    plan.hosts = 3;
                    plan.peers = List.of(Set.of(1), Set.of(0, 2), Set.of(0, 1));
                    plan.comesToRest = false;
                    plan.then(Trouble.ETCD_LINE_CUT, Where.HOLDER, 0, 10 * SECOND);
                    return plan.then(Trouble.ETCD_LINE_CUT, Where.NEXT, 0, 10 * SECOND);
                },
                plan -> plan.builder = Meddlers.ignoresTheRecordsMembers(Planted::ignoresTheMembersHash));
    }

    @Test
    void anOldReleaseUnbinds() {
        isFound(PlantedFaultSimulationTest::oldWordsComeAgain, plan -> plan.builder = Planted::isUnboundByAnyRelease);
    }

    @Test
    void aReplayedRequestOpensTheWayForAnOldRelease() {
        isFound(PlantedFaultSimulationTest::oldWordsComeAgain, plan -> plan.builder = Planted::hearsOldNews);
    }

    /**
     * The holder has asked, let go, once the other was bound no more, and come back; then it asks again, and the
     * promiser's etcd returns first.
     */
    private static Plan oldWordsComeAgain(long seed) {
        Plan plan = withoutArp();
        plan.troubledNanos = 29 * SECOND;
        plan.replays = 0.7;
        plan.then(Trouble.ETCD_LINE_CUT, Where.EVERYWHERE, 0, 2_500 * MILLI);
        plan.then(Trouble.MOVE, Where.HOLDER, 7 * SECOND, 0);
        plan.then(Trouble.MOVE, Where.NEXT, 13 * SECOND, 0);
        plan.then(Trouble.ETCD_LINE_CUT, Where.HOLDER, 15 * SECOND, 10 * SECOND);
        return plan.then(Trouble.ETCD_LINE_CUT, Where.NEXT, 15 * SECOND, 4_500 * MILLI);
    }

    @Test
    void aStaleLeadersKeepAlivesProveNothing() {
        isFound(
                seed -> withoutArp()
                        .then(Trouble.STALE_LEADER, Where.HOLDER, new Chance(~seed).between(0, SECOND), 9 * SECOND),
                plan -> plan.builder = Meddlers.trustsKeepAlives());
    }

    @Test
    void aReadByTheRealLeaderIsNoProofOfAStaleOnesKeepAlive() {
        isFound(
                seed -> withoutArp()
                        .then(
                                Trouble.STALE_LEADER_BESIDE_REAL,
                                Where.HOLDER,
                                new Chance(~seed).between(0, SECOND),
                                9 * SECOND),
                plan -> plan.builder = Planted::countsAnyLeadersKeepAlive);
    }

    @Test
    void aStaleLeaderThatKnowsNoSuchLeaseProvesNothingEither() {
        isFound(
                seed -> {
                    Chance chance = new Chance(~seed);
                    Plan plan = withoutArp();
                    plan.then(Trouble.STALE_LEADER_BESIDE_REAL, Where.HOLDER, 0, 15 * SECOND);
                    plan.then(Trouble.ETCD_LINE_CUT, Where.NEXT, 0, 6 * SECOND); // so that it promises until then
                    long crashNanos = chance.between(8 * SECOND, 9_300 * MILLI);
                    return plan.then(Trouble.CRASH, Where.HOLDER, crashNanos, 0);
                },
                plan -> plan.builder = Meddlers.believesThatThereIsNoLease());
    }

    @Test
    void theEndOfALinkIsNoDeath() {
        isFound(
                seed -> withoutArp().then(Trouble.LAN_CUT, Where.HOLDER, new Chance(~seed).between(0, SECOND), SECOND),
                plan -> plan.linkEndIsDeath = true);
    }

    @Test
    void aDeathToldWhileTheAddressStandsIsToldTooEarly() {
        isFound(
                seed -> {
                    Plan plan = withoutArp();
                    plan.stopPost = 1;
                    plan.restartSoonestNanos = 5 * SECOND;
                    plan.restartLatestNanos = 5 * SECOND;
                    return plan.then(Trouble.CRASH, Where.HOLDER, new Chance(~seed).between(0, SECOND), 0);
                },
                plan -> plan.stopPostLeavesAddress = true);
    }

    @Test
    void aRenewalCountedFromItsAnswerLastsTooLong() {
        isFound(
                seed -> {
                    Chance chance = new Chance(~seed);
                    Plan plan = withoutArp();
                    plan.spikes = 1;
                    plan.spikeNanos = 100 * MILLI;
                    long frozenNanos = chance.between(0, SECOND);
                    plan.then(Trouble.FROZEN, Where.HOLDER, frozenNanos, chance.between(SECOND, 2_500 * MILLI));
                    return plan.then(Trouble.ETCD_LINE_CUT, Where.HOLDER, frozenNanos + 300 * MILLI, 8 * SECOND);
                },
                plan -> plan.builder = Planted::countsFromTheAnswer);
    }

    @Test
    void aPromiseForgottenByARestartIsBroken() {
        isFound(
                seed -> {
                    Chance chance = new Chance(~seed);
                    Plan plan = withoutArp();
                    plan.restartLatestNanos = 100 * MILLI;
                    plan.then(Trouble.ETCD_LINE_CUT, Where.HOLDER, 0, 12 * SECOND);
                    plan.then(Trouble.ETCD_LINE_CUT, Where.NEXT, 0, 5 * SECOND);
                    return plan.then(Trouble.CRASH, Where.NEXT, chance.between(4_500 * MILLI, 5 * SECOND), 0);
                },
                plan -> plan.builder = Planted::forgetsAtTheStart);
    }

    @Test
    void aPromiseSentBeforeItBindsIsBroken() {
        isFound(
                seed -> {
                    Plan plan = withoutArp();
                    plan.then(Trouble.ETCD_LINE_CUT, Where.HOLDER, 0, 10 * SECOND);
                    return plan.then(Trouble.ETCD_LINE_CUT, Where.NEXT, 2 * SECOND, 1_700 * MILLI);
                },
                plan -> plan.builder = Planted::bindsAfterItPromised);
    }

    @Test
    void thePromiseOfOneIsNotThatOfAll() {
        isFound(
                seed -> {
                    Plan plan = withoutArp();
                    plan.hosts = 3;
                    plan.then(Trouble.ETCD_LINE_CUT, Where.HOLDER, 0, 10 * SECOND);
                    return plan.then(Trouble.ETCD_LINE_CUT, Where.NEXT, 0, 10 * SECOND);
                },
                plan -> plan.builder = Planted::needsOnePromise);
    }

    @Test
    void aKeyGivenBackBeforeTheAddressIsTakenTooEarly() {
        isFound(
                seed -> {
                    Plan plan = new Plan();
                    plan.longestDrainNanos = SECOND;
                    return plan.then(Trouble.MOVE, Where.HOLDER, new Chance(~seed).between(0, SECOND), 0);
                },
                plan -> plan.builder = Meddlers.givesTheKeyBackFirst());
    }

    @Test
    void aLeaseGivenBackBeforeTheKernelLetsGoOfTheAddressIsFreeTooEarly() {
        isFound(
                seed -> {
                    Plan plan = withoutArp();
                    plan.then(Trouble.KERNEL_REFUSES, Where.HOLDER, 0, 5 * SECOND);
                    return plan.then(Trouble.STOOD_STILL, Where.HOLDER, new Chance(~seed).between(0, SECOND), 0);
                },
                plan -> plan.builder = Meddlers.givesTheLeaseBackFirst());
    }

    @Test
    void aKeyGivenUpByWordBeforeTheKernelLetsGoOfTheAddressIsFreeTooEarly() {
        isFound(
                seed -> {
                    Plan plan = withoutArp();
                    plan.then(Trouble.KERNEL_REFUSES, Where.HOLDER, 0, 5 * SECOND);
                    return plan.then(Trouble.STOOD_STILL, Where.HOLDER, new Chance(~seed).between(0, SECOND), 0);
                },
                plan -> plan.builder = Meddlers.givesTheKeyUpByWordFirst());
    }

    @Test
    void aLifetimeRoundedUpOutlivesTheLease() {
        isFound(
                seed -> withoutArp()
                        .then(Trouble.FROZEN, Where.HOLDER, new Chance(~seed).between(0, SECOND), 8 * SECOND),
                plan -> plan.builder = Planted::roundsUp);
    }

    // What the protocol does not promise: that the simulation sees it shows that it looks.

    @Test
    void anOperatorsDeletionWithTheHostsCutOffIsSeenToBreakIt() {
        LongFunction<Plan> plans = seed -> {
            Plan plan = new Plan();
            plan.then(Trouble.HOST_CUT_OFF_FROM_HOSTS, Where.HOLDER, 0, 5 * SECOND);
            return plan.then(Trouble.OPERATOR_DELETES_KEY, Where.HOLDER, new Chance(~seed).between(0, SECOND), 0);
        };
        assertThat(Seeds.firstWrongOf(plans, SEEDS)).isPresent();
    }

    @Test
    void anOperatorsDeletionOfKeyAndAddressOfAFrozenHolderIsSeenToBreakIt() {
        LongFunction<Plan> plans = seed -> {
            Plan plan = new Plan();
            plan.then(Trouble.FROZEN, Where.HOLDER, 0, new Chance(~seed).between(SECOND / 2, SECOND));
            plan.then(Trouble.OPERATOR_TAKES_ADDRESS, Where.HOLDER, 10 * MILLI, 0);
            return plan.then(Trouble.OPERATOR_DELETES_KEY, Where.HOLDER, 10 * MILLI, 0);
        };
        assertThat(Seeds.firstWrongOf(plans, SEEDS)).isPresent();
    }

    @Test
    void aKernelMuchTooLateWithAFrozenHolderAndNoArpIsSeenToBreakIt() {
        LongFunction<Plan> plans = seed -> {
            Plan plan = withoutArp();
            plan.latestDropNanos = 1_600 * MILLI;
            return plan.then(Trouble.FROZEN, Where.HOLDER, new Chance(~seed).between(0, SECOND), 8 * SECOND);
        };
        assertThat(Seeds.firstWrongOf(plans, SEEDS)).isPresent();
    }

    private static Plan withoutArp() {
        Plan plan = new Plan();
        plan.arpWorks = false;
        return plan;
    }

    /** What is done to a plan. */
    private interface Fault {
        void into(Plan plan);
    }

    private static void isFound(LongFunction<Plan> plans, Fault fault) {
        Optional<Seeds.Found> found = Seeds.firstWrongOf(
                seed -> {
                    Plan plan = plans.apply(seed);
                    plan.checksAuthority = false;
                    plan.comesToRest = false;
                    fault.into(plan);
                    return plan;
                },
                SEEDS);
        assertThat(found).isPresent();
        assertThat(found.get().violation()).contains("at once");
        long seed = found.get().seed();
        assertThat(Simulation.run(plans.apply(seed), seed, false).violation())
                .as("the real machine")
                .isEmpty();
    }
}
