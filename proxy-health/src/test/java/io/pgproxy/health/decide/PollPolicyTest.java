package io.pgproxy.health.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When nodes are asked quickly. */
class PollPolicyTest {
    private static final PollPolicy CALM = PollPolicy.of(Answers.CONFIG);
    private static final ProbeOutcome LOCKED = Answers.of(200, "replica", "running");

    private static boolean isQuick(PollPolicy policy, Scenario scenario) {
        return policy.isQuick(scenario.cluster(), scenario.outlook().table(), scenario.now());
    }

    @Test
    void slowWhileAllIsWell() {
        assertThat(isQuick(CALM, Scenario.healthy())).isFalse();
    }

    @Test
    void quickBeforeTheFirstAnswer() {
        assertThat(isQuick(CALM, Scenario.start())).isTrue();
    }

    @Test
    void quickWhileARouteHasNobody() {
        Scenario scenario = Scenario.healthy().hears("pg102", Answers.of(503, "primary", "stopping"));
        assertThat(isQuick(CALM, scenario)).isTrue();
    }

    @Test
    void quickOnceThePrimaryMissedACheck() {
        assertThat(isQuick(CALM, Scenario.healthy().hears("pg102", Answers.silence())))
                .isTrue();
    }

    @Test
    void notQuickWhenAReplicaMissedACheck() {
        assertThat(isQuick(CALM, Scenario.healthy().hears("pg103", Answers.silence())))
                .isFalse();
    }

    @Test
    void quickOnceThePrimarysAnswerIsOlderThanOneAndAHalfIntervals() {
        Scenario scenario = Scenario.healthy().after(1.4);
        assertThat(isQuick(CALM, scenario)).isFalse();
        assertThat(isQuick(CALM, scenario.after(0.2))).isTrue();
    }

    @Test
    void quickForAWhileAfterAHint() {
        Scenario scenario = Scenario.healthy();
        PollPolicy hinted = CALM.hinted("pg102", scenario.now());
        assertThat(isQuick(hinted, scenario.after(1).hears("pg102", Answers.primary(5))))
                .isTrue();
        scenario.after(1).hears("pg102", Answers.primary(5));
        assertThat(isQuick(hinted, scenario.after(1).hears("pg102", Answers.primary(5))))
                .isFalse();
    }

    @Test
    void hintsAllDayCostATenthOfTheTime() {
        Scenario scenario = Scenario.healthy();
        PollPolicy policy = CALM;
        int quickSeconds = 0;
        for (int second = 0; second < 3000; second++) {
            scenario.after(1).hears("pg102", Answers.primary(5));
            policy = policy.hinted("pg102", scenario.now());
            scenario.hears("pg103", Answers.replica(5)).hears("pg104", Answers.replica(5));
            quickSeconds += isQuick(policy, scenario) ? 1 : 0;
        }
        assertThat(quickSeconds).isLessThanOrEqualTo(300);
    }

    @Test
    void hintsAboutOneNodeDoNotUseUpThoseAboutAnother() {
        Scenario scenario = Scenario.healthy();
        PollPolicy policy = CALM.hinted("pg104", scenario.now());
        scenario.after(5).hears("pg102", Answers.primary(5));
        assertThat(isQuick(policy.hinted("pg104", scenario.now()), scenario)).isFalse();
        assertThat(isQuick(policy.hinted("pg102", scenario.now()), scenario)).isTrue();
    }

    @Test
    void aPlannedSwitchoverIsQuickFromTheFirstEndedSessionToTheNewPrimary() {
        Scenario scenario = Scenario.healthy();
        PollPolicy policy = CALM.hinted("pg102", scenario.now());
        assertThat(isQuick(policy, scenario)).isTrue();
        scenario.hears("pg102", Answers.of(503, "primary", "stopping"));
        for (int second = 0; second < 20; second++) {
            scenario.after(1)
                    .hears("pg102", Answers.of(503, "replica", "starting"))
                    .hears("pg103", Answers.replica(5));
            assertThat(isQuick(policy, scenario)).isTrue();
        }
        scenario.hears("pg103", Answers.primary(6)).hears("pg104", Answers.replica(6));
        assertThat(isQuick(policy, scenario)).isFalse();
    }

    private static Duration pause(PollPolicy policy, String node, Scenario scenario) {
        return Duration.ofNanos(policy.pauseNanos(node, scenario.cluster(), false, scenario.now()));
    }

    @Test
    void whoTheLeaderKeyHasComeToNameIsPursuedUntilItSaysYes() {
        Scenario scenario = Scenario.healthy();
        PollPolicy policy = CALM.named("pg103", scenario.now());
        assertThat(pause(policy, "pg103", scenario)).isEqualTo(Duration.ofMillis(25));
        assertThat(pause(policy, "pg104", scenario)).isEqualTo(Duration.ofMillis(900));
        scenario.hears("pg103", Answers.primary(6));
        assertThat(pause(policy, "pg103", scenario)).isEqualTo(Duration.ofMillis(900));
    }

    @Test
    void thePursuitOfOneThatIsNotPromotedEnds() {
        Scenario scenario = Scenario.healthy();
        PollPolicy policy = CALM.named("pg103", scenario.now());
        scenario.after(11).hears("pg102", Answers.primary(5));
        assertThat(pause(policy, "pg103", scenario)).isEqualTo(Duration.ofMillis(900));
        assertThat(isQuick(policy, scenario)).isFalse();
    }

    @Test
    void aLeaderKeyThatFlapsAllDayMakesNobodyAskMoreThanAThirdOfTheTime() {
        Scenario scenario = Scenario.healthy();
        PollPolicy policy = CALM;
        int pursued = 0;
        for (int second = 0; second < 3000; second++) {
            scenario.after(1).hears("pg102", Answers.primary(5));
            policy = policy.named("pg103", scenario.now());
            pursued += pause(policy, "pg103", scenario).toMillis() == 25 ? 1 : 0;
        }
        assertThat(pursued).isLessThanOrEqualTo(1000);
    }

    @Test
    void whoHoldsTheLockAndIsNoPrimaryYetIsPursuedUntilItSaysYes() {
        Scenario scenario = Scenario.healthy();
        PollPolicy policy = CALM.heard("pg103", LOCKED, scenario.now());
        assertThat(pause(policy, "pg103", scenario)).isEqualTo(Duration.ofMillis(25));
        assertThat(pause(policy, "pg104", scenario)).isEqualTo(Duration.ofMillis(900));
        scenario.hears("pg103", Answers.primary(6));
        assertThat(pause(policy, "pg103", scenario)).isEqualTo(Duration.ofMillis(900));
    }

    @Test
    void noOtherAnswerMakesAnybodyPursued() {
        Scenario scenario = Scenario.healthy();
        for (ProbeOutcome outcome : List.of(Answers.primary(5), Answers.replica(5), Answers.silence())) {
            PollPolicy policy = CALM.heard("pg103", outcome, scenario.now());
            assertThat(pause(policy, "pg103", scenario)).isEqualTo(Duration.ofMillis(900));
        }
    }

    @Test
    void oneThatPromisesAllDayIsPursuedNoMoreThanAThirdOfTheTime() {
        Scenario scenario = Scenario.healthy();
        PollPolicy policy = CALM;
        int pursued = 0;
        for (int second = 0; second < 3000; second++) {
            scenario.after(1).hears("pg102", Answers.primary(5));
            policy = policy.heard("pg103", LOCKED, scenario.now());
            pursued += pause(policy, "pg103", scenario).toMillis() == 25 ? 1 : 0;
        }
        assertThat(pursued).isLessThanOrEqualTo(1000);
    }

    /** Seconds out of so many at which nodes are asked quickly, while they go on saying the same. */
    private static int quickSeconds(Scenario scenario, int seconds, String leader, ProbeOutcome leaders) {
        int quick = 0;
        for (int second = 0; second < seconds; second++) {
            scenario.after(1)
                    .hears(leader, leaders)
                    .hears("pg103", Answers.replica(5))
                    .hears("pg104", Answers.replica(5));
            quick += isQuick(CALM, scenario) ? 1 : 0;
        }
        return quick;
    }

    @Test
    void aStandbyClusterWithoutAPrimaryIsNotAskedQuicklyForGood() {
        Scenario scenario = Scenario.start().hears("pg102", Answers.standbyLeader(5));
        assertThat(quickSeconds(scenario, 600, "pg102", Answers.standbyLeader(5)))
                .isBetween(50, 61);
    }

    @Test
    void whatTheClusterDoesNotHaveIsNotAskedForQuicklyForGood() {
        Scenario scenario = Scenario.with(Scenario.PRIMARY, Scenario.SYNC).allWell();
        assertThat(quickSeconds(scenario, 600, "pg102", Answers.primary(5))).isBetween(50, 61);
    }

    @Test
    void aChangeInAClusterThatStoodStillMakesItQuickAgain() {
        Scenario scenario = Scenario.start().hears("pg102", Answers.standbyLeader(5));
        quickSeconds(scenario, 100, "pg102", Answers.standbyLeader(5));
        assertThat(isQuick(CALM, scenario)).isFalse();
        assertThat(isQuick(CALM, scenario.hears("pg104", Answers.of(503, "replica", "starting"))))
                .isTrue();
    }

    @Test
    void withoutALeaderItStaysQuickHoweverLongThatLasts() {
        Scenario scenario = Scenario.healthy();
        assertThat(quickSeconds(scenario, 600, "pg102", Answers.replica(5))).isEqualTo(600);
    }

    @Test
    void aVerdictIsOutWithinOneIntervalSoTheNextCheckStartsEarlier() {
        assertThat(Duration.ofNanos(CALM.pauseNanos(false))).isEqualTo(Duration.ofMillis(900));
        assertThat(Duration.ofNanos(CALM.pauseNanos(true))).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void aNodeThatComesAndGoesAllDayDoesNotKeepItQuickForGood() {
        Scenario scenario = Scenario.with(Scenario.PRIMARY, Scenario.SYNC).allWell();
        int quick = 0;
        for (int second = 0; second < 3600; second++) {
            boolean away = second % 40 < 20;
            scenario.after(1)
                    .hears("pg102", Answers.primary(5))
                    .hears("pg103", Answers.replica(5))
                    .hears("pg104", away ? Answers.of(503, "replica", "starting") : Answers.replica(5));
            quick += isQuick(CALM, scenario) ? 1 : 0;
        }
        assertThat(quick).isBetween(290, 301);
    }
}
