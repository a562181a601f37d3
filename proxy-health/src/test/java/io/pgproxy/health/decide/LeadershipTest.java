package io.pgproxy.health.decide;

import static io.pgproxy.core.Standing.END;
import static io.pgproxy.core.Standing.GO;
import static io.pgproxy.core.Standing.STAY;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.core.Role;
import org.junit.jupiter.api.Test;

/** Who leads when more than one node says so, or said so. */
class LeadershipTest {
    private static Scenario frozenFor(double seconds) {
        Scenario scenario = Scenario.healthy();
        for (int i = 0; i < seconds; i++) {
            scenario.after(1)
                    .hears("pg102", Answers.silence())
                    .hears("pg103", Answers.replica(5))
                    .hears("pg104", Answers.replica(5));
        }
        return scenario;
    }

    @Test
    void aPromotedNodeEndsTheFrozenOldPrimaryAtItsFirstYes() {
        Scenario scenario = frozenFor(40).hears("pg103", Answers.primary(6));
        assertThat(scenario.standing("pg102", Role.PRIMARY)).isEqualTo(END);
        assertThat(scenario.candidates("primary")).containsExactly("pg103:PRIMARY:0");
    }

    @Test
    void aPromotedNodeEndsTheOldPrimaryAlsoWhileItsYesIsFresh() {
        Scenario scenario = Scenario.healthy().after(1).hears("pg103", Answers.primary(6));
        assertThat(scenario.standing("pg102", Role.PRIMARY)).isEqualTo(END);
        assertThat(scenario.standing("pg103", Role.PRIMARY)).isEqualTo(GO);
    }

    @Test
    void aPromotedNodeEndsTheOldPrimaryThatHangsInItsShutdown() {
        Scenario scenario = Scenario.healthy()
                .hears("pg102", Answers.shrunken(503, "primary", "stopping"))
                .hears("pg103", Answers.primary(6));
        assertThat(scenario.standing("pg102", Role.PRIMARY)).isEqualTo(END);
    }

    /** It was promoted after etcd was heard of last. */
    @Test
    void aKeyThatIsOnlyRememberedDoesNotOverruleAPromotedNode() {
        Scenario scenario =
                Scenario.healthy().rememberedLeaderKey("pg102").after(1).hears("pg103", Answers.primary(6));
        assertThat(scenario.candidates("primary")).containsExactly("pg103:PRIMARY:0");
        assertThat(scenario.standing("pg102", Role.PRIMARY)).isEqualTo(END);
    }

    @Test
    void aKeyThatIsCurrentOverrulesAHigherTimeline() {
        Scenario scenario = Scenario.healthy().leaderKey("pg102").after(1).hears("pg103", Answers.primary(6));
        assertThat(scenario.candidates("primary")).containsExactly("pg102:PRIMARY:0");
    }

    @Test
    void aKeyThatIsOnlyRememberedDecidesBetweenEquals() {
        Scenario scenario =
                Scenario.healthy().rememberedLeaderKey("pg102").after(1).hears("pg103", Answers.primary(5));
        assertThat(scenario.candidates("primary")).containsExactly("pg102:PRIMARY:0");
    }

    /** Without any key it would not come back either. */
    @Test
    void aKeyThatIsOnlyRememberedBringsNobodyBackWhileThePromotedNodeIsSilent() {
        Scenario scenario = frozenFor(3)
                .rememberedLeaderKey("pg102")
                .hears("pg103", Answers.primary(6))
                .hears("pg103", Answers.silence())
                .hears("pg103", Answers.silence())
                .hears("pg103", Answers.silence())
                .hears("pg102", Answers.primary(5));
        assertThat(scenario.state("pg103")).isEqualTo(NodeState.SILENT);
        assertThat(scenario.candidates("primary")).containsExactly("pg103:PRIMARY:1");
        assertThat(scenario.standing("pg102", Role.PRIMARY)).isEqualTo(END);
    }

    @Test
    void aKeyThatIsOnlyRememberedBringsNobodyBackWhileThePromotedNodeStops() {
        Scenario scenario = frozenFor(3)
                .rememberedLeaderKey("pg102")
                .hears("pg103", Answers.primary(6))
                .hears("pg103", Answers.shrunken(503, "primary", "stopping"))
                .hears("pg102", Answers.primary(5));
        assertThat(scenario.state("pg103")).isEqualTo(NodeState.WAITING);
        assertThat(scenario.candidates("primary")).isEmpty();
        assertThat(scenario.standing("pg102", Role.PRIMARY)).isEqualTo(END);
    }

    /** The silence of etcd takes nothing from whom the key named while it was heard. */
    @Test
    void aKeyThatIsOnlyRememberedStandsAgainstAHigherTimelineThatIsStale() {
        Scenario scenario = Scenario.healthy().leaderKey("pg102").after(1).hears("pg103", Answers.primary(6));
        for (int second = 0; second < 15; second++) {
            scenario.after(1).hears("pg102", Answers.primary(5)).hears("pg103", Answers.silence());
        }
        scenario.rememberedLeaderKey("pg102");
        assertThat(scenario.candidates("primary")).containsExactly("pg102:PRIMARY:0");
    }

    @Test
    void theReasonNamesTheNewPrimary() {
        Scenario scenario = Scenario.healthy().hears("pg103", Answers.primary(6));
        assertThat(scenario.outlook().table().verdict("pg102", Role.PRIMARY).reason())
                .isEqualTo("pg103 is primary on the newer timeline 6, this one was on 5");
    }

    @Test
    void anOldPrimaryThatThawsAndSaysYesStaysOut() {
        Scenario scenario = frozenFor(40).hears("pg103", Answers.primary(6)).hears("pg102", Answers.primary(5));
        assertThat(scenario.standing("pg102", Role.PRIMARY)).isEqualTo(END);
        assertThat(scenario.candidates("primary")).containsExactly("pg103:PRIMARY:0");
    }

    @Test
    void anOldPrimaryStaysOutEvenWhenTheNewOneFallsSilentForGood() {
        Scenario scenario =
                Scenario.healthy().hears("pg103", Answers.primary(6)).after(60).hears("pg102", Answers.primary(5));
        assertThat(scenario.candidates("primary")).isEmpty();
        assertThat(scenario.standing("pg102", Role.PRIMARY)).isEqualTo(END);
    }

    @Test
    void theNewOnesOwnNoLetsTheOldOneBackIn() {
        Scenario scenario = Scenario.healthy()
                .hears("pg103", Answers.primary(6))
                .hears("pg103", Answers.replica(6))
                .hears("pg102", Answers.primary(5));
        assertThat(scenario.candidates("primary")).containsExactly("pg102:PRIMARY:0");
    }

    @Test
    void twoThatSayYesOnOneTimelineGetNoWritesAndKeepTheirSessions() {
        Scenario scenario = Scenario.healthy().hears("pg103", Answers.primary(5));
        assertThat(scenario.candidates("primary")).isEmpty();
        assertThat(scenario.standing("pg102", Role.PRIMARY)).isEqualTo(STAY);
        assertThat(scenario.standing("pg103", Role.PRIMARY)).isEqualTo(STAY);
    }

    @Test
    void twoPrimariesAreLoud() {
        Scenario scenario = Scenario.healthy().hears("pg103", Answers.primary(5));
        String conflict =
                "pg102 (timeline 5) and pg103 (timeline 5) each say primary, and nothing tells which is the newer";
        assertThat(scenario.log).contains("ERROR " + conflict + "; writes go nowhere");
        assertThat(scenario.whyNobody("primary")).isEqualTo("no primary: " + conflict);
    }

    @Test
    void aTimelineThatIsNotGivenDecidesNothing() {
        Scenario scenario =
                Scenario.healthy().hears("pg103", Answers.json(200, "{\"role\":\"primary\",\"state\":\"running\"}"));
        assertThat(scenario.candidates("primary")).isEmpty();
    }

    @Test
    void theSameTimelineWaitsUntilTheSilentClaimIsStale() {
        Scenario scenario = Scenario.healthy().after(9.5).hears("pg103", Answers.primary(5));
        assertThat(scenario.candidates("primary")).isEmpty();
        assertThat(scenario.after(1).candidates("primary")).containsExactly("pg103:PRIMARY:0");
    }

    @Test
    void theLeaderKeyDecidesBetweenTwo() {
        Scenario scenario =
                Scenario.healthy().hears("pg103", Answers.primary(5)).leaderKey("pg102");
        assertThat(scenario.candidates("primary")).containsExactly("pg102:PRIMARY:0");
        assertThat(scenario.standing("pg103", Role.PRIMARY)).isEqualTo(END);
    }

    @Test
    void theLeaderKeyStandsAboveTheTimeline() {
        Scenario scenario =
                Scenario.healthy().hears("pg103", Answers.primary(6)).leaderKey("pg102");
        assertThat(scenario.candidates("primary")).containsExactly("pg102:PRIMARY:0");
    }

    @Test
    void aYesNamedByTheLeaderKeyEndsASilentClaim() {
        Scenario scenario = frozenFor(5).leaderKey("pg103").hears("pg103", Answers.primary(5));
        assertThat(scenario.standing("pg102", Role.PRIMARY)).isEqualTo(END);
        assertThat(scenario.candidates("primary")).containsExactly("pg103:PRIMARY:0");
    }

    @Test
    void aMissingLeaderKeyRemovesNobody() {
        Scenario scenario = Scenario.healthy().leaderKey("pg102").noLeaderKey();
        assertThat(scenario.candidates("primary")).containsExactly("pg102:PRIMARY:0");
    }

    @Test
    void aLeaderKeyThatNamesWhoHasNotSaidYesYetRemovesNobody() {
        Scenario scenario = Scenario.healthy().leaderKey("pg103");
        assertThat(scenario.candidates("primary")).containsExactly("pg102:PRIMARY:0");
    }

    @Test
    void patronisOwnNameCountsAsTheLeaderKeysToo() {
        String body = "{\"role\":\"primary\",\"state\":\"running\",\"timeline\":5,\"patroni\":{\"name\":\"node-b\"}}";
        Scenario scenario =
                Scenario.healthy().hears("pg103", Answers.json(200, body)).leaderKey("node-b");
        assertThat(scenario.candidates("primary")).containsExactly("pg103:PRIMARY:0");
    }

    @Test
    void aFrozenPatroniEndsNothingByItself() {
        Scenario scenario = frozenFor(15);
        assertThat(scenario.standing("pg102", Role.PRIMARY)).isEqualTo(STAY);
    }

    @Test
    void aStandbyLeaderGetsLeaderSessionsAndNoWrites() {
        Scenario scenario = Scenario.with(Scenario.PRIMARY, Scenario.LEADER).hears("pg102", Answers.standbyLeader(5));
        assertThat(scenario.candidates("leader")).containsExactly("pg102:LEADER:0");
        assertThat(scenario.candidates("primary")).isEmpty();
    }

    @Test
    void promotionOfAStandbyLeaderKeepsItsLeaderSessions() {
        Scenario scenario = Scenario.with(Scenario.LEADER)
                .hears("pg102", Answers.standbyLeader(5))
                .hears("pg102", Answers.of(200, "standby_leader", "running"));
        assertThat(scenario.standing("pg102", Role.LEADER)).isEqualTo(STAY);
        assertThat(scenario.hears("pg102", Answers.primary(6)).standing("pg102", Role.LEADER))
                .isEqualTo(GO);
    }

    @Test
    void aStandbyLeaderThatFollowsAgainLosesItsLeaderSessions() {
        Scenario scenario = Scenario.with(Scenario.LEADER)
                .hears("pg102", Answers.standbyLeader(5))
                .hears("pg102", Answers.replica(5));
        assertThat(scenario.standing("pg102", Role.LEADER)).isEqualTo(END);
    }

    @Test
    void aStandbyLeaderThatAnswersGoesBeforeOneThatIsSilent() {
        Scenario scenario = Scenario.with(Scenario.LEADER)
                .hears("pg102", Answers.standbyLeader(5))
                .hears("pg102", Answers.silence())
                .hears("pg102", Answers.silence())
                .hears("pg102", Answers.silence())
                .hears("pg103", Answers.standbyLeader(5));
        assertThat(scenario.candidates("leader")).containsExactly("pg103:LEADER:0");
    }

    @Test
    void aStandbyClusterWithoutRouteLeaderSaysSo() {
        Scenario scenario = Scenario.start().hears("pg102", Answers.standbyLeader(5));
        assertThat(scenario.log).anyMatch(line -> line.startsWith("WARN this is a standby cluster"));
    }

    @Test
    void aStandbyLeaderTakesOverFromTheMemoryOfAPrimary() {
        Scenario scenario = Scenario.with(Scenario.PRIMARY, Scenario.LEADER).hears("pg102", Answers.primary(5));
        for (int i = 0; i < 15; i++) {
            scenario = scenario.after(1).hears("pg102", Answers.silence());
        }
        scenario = scenario.hears("pg103", Answers.standbyLeader(5));
        assertThat(scenario.candidates("leader")).containsExactly("pg103:LEADER:0");
    }
}
