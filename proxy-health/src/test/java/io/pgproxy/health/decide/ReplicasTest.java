package io.pgproxy.health.decide;

import static io.pgproxy.core.Standing.END;
import static io.pgproxy.core.Standing.GO;
import static io.pgproxy.core.Standing.STAY;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.ListenerConfig.Route;
import io.pgproxy.config.MaxLag;
import io.pgproxy.config.ReadsConfig.Fallback;
import io.pgproxy.core.Role;
import io.pgproxy.core.Standing;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Who gets readers, who keeps them, and how lag is measured and judged. */
class ReplicasTest {
    private static final MaxLag MEGABYTE = new MaxLag(OptionalLong.of(1_000_000), Optional.empty());
    private static final MaxLag TEN_SECONDS = new MaxLag(OptionalLong.empty(), Optional.of(Duration.ofSeconds(10)));

    private static Scenario limited(MaxLag max) {
        return Scenario.with(Scenario.listener("replicas", Route.REPLICA, max, Fallback.NONE));
    }

    /** The primary is at 10 MB, and then pg103 is asked, which is that far behind. */
    private static Scenario behind(Scenario scenario, long bytes) {
        return scenario.hears("pg102", Answers.primaryAt(5, 10_000_000))
                .after(1)
                .hears("pg103", Answers.replicaAt(5, 10_000_000 - bytes));
    }

    private static Standing readersAfter(ProbeOutcome outcome) {
        return Scenario.healthy().hears("pg103", outcome).standing("pg103", Role.REPLICA);
    }

    @Test
    void runningReplicasComeFirstAndThePrimaryIsTheirFallback() {
        assertThat(Scenario.healthy().candidates("replicas"))
                .containsExactly("pg103:REPLICA:0", "pg104:REPLICA:0", "pg102:FALLBACK:2");
    }

    @Test
    void aSilentReplicaComesAfterThoseThatAnswer() {
        Scenario scenario = Scenario.healthy();
        for (int i = 0; i < 3; i++) {
            scenario.hears("pg103", Answers.silence());
        }
        assertThat(scenario.candidates("replicas"))
                .containsExactly("pg104:REPLICA:0", "pg103:REPLICA:1", "pg102:FALLBACK:2");
    }

    @Test
    void aPromotedReplicaShedsItsReaders() {
        assertThat(readersAfter(Answers.primary(6))).isEqualTo(END);
    }

    /** A promotion is seen whatever was heard before it; nothing of it hangs on a step that must not be missed. */
    @Test
    void aPromotionThatIsSeenInStepsShedsTheReadersToo() {
        for (ProbeOutcome between : List.of(
                Answers.silence(),
                Answers.json(200, "<html>"),
                Answers.of(503, "primary", "running"),
                Answers.of(200, "replica", "running"),
                Answers.of(200, "promoted", "running"),
                Answers.of(200, "primary", "starting"),
                Answers.of(503, "replica", "starting"),
                Answers.ofCluster(503, "replica", "other", "9"))) {
            Scenario scenario = Scenario.healthy();
            for (int i = 0; i < 15; i++) {
                scenario.after(1).hears("pg103", between);
            }
            assertThat(scenario.standing("pg103", Role.REPLICA))
                    .as("after " + between)
                    .isNotEqualTo(END);
            scenario.hears("pg103", Answers.primary(6));
            assertThat(scenario.standing("pg103", Role.REPLICA))
                    .as("after " + between)
                    .isEqualTo(END);
        }
    }

    /** It never was the primary of this cluster, and neither can its readers tell. */
    @Test
    void aReplicaWhosePromotionIsVoidShedsItsReadersToo() {
        Scenario scenario =
                Scenario.healthy().hears("pg104", Answers.primary(7)).hears("pg103", Answers.primary(6));
        assertThat(scenario.nodes("primary")).containsExactly("pg104");
        assertThat(scenario.standing("pg103", Role.REPLICA)).isEqualTo(END);
    }

    @Test
    void aReplicaThatRestartsKeepsItsReaders() {
        assertThat(readersAfter(Answers.of(503, "replica", "starting"))).isEqualTo(STAY);
    }

    @Test
    void aReplicaThatLeadsAStandbyClusterKeepsItsReaders() {
        assertThat(readersAfter(Answers.standbyLeader(5))).isEqualTo(STAY);
    }

    @Test
    void noloadbalanceKeepsNewReadersAwayAndTheOthersWhereTheyAre() {
        Scenario scenario =
                Scenario.healthy().hears("pg103", Answers.replicaSaying("\"tags\":{\"noloadbalance\":true}"));
        assertThat(scenario.candidates("replicas")).doesNotContain("pg103:REPLICA:0");
        assertThat(scenario.standing("pg103", Role.REPLICA)).isEqualTo(STAY);
    }

    @Test
    void aReplicaThatDoesNotStreamGetsNoReaders() {
        assertThat(readersAfter(Answers.replicaSaying("\"replication_state\":\"in archive recovery\"")))
                .isEqualTo(STAY);
    }

    @Test
    void anAbsentReplicationStateIsNotJudged() {
        assertThat(readersAfter(Answers.replicaSaying("\"pause\":false"))).isEqualTo(GO);
    }

    @Test
    void aReplicaOnTheOldTimelineGetsReadersForAsLongAsStaleAfter() {
        Scenario scenario = Scenario.healthy().hears("pg102", Answers.primary(6));
        for (int i = 0; i < 9; i++) {
            scenario.after(1).hears("pg103", Answers.replica(5)).hears("pg102", Answers.primary(6));
        }
        assertThat(scenario.candidates("replicas")).contains("pg103:REPLICA:0");
        scenario.after(1).hears("pg103", Answers.replica(5));
        assertThat(scenario.candidates("replicas")).doesNotContain("pg103:REPLICA:0");
        assertThat(scenario.hears("pg103", Answers.replica(6)).candidates("replicas"))
                .contains("pg103:REPLICA:0");
    }

    @Test
    void lagBeyondTheLimitKeepsNewReadersAwayAndTheOthersWhereTheyAre() {
        Scenario scenario = behind(behind(limited(MEGABYTE), 0), 1_000_001);
        assertThat(scenario.candidates("replicas")).isEmpty();
        assertThat(scenario.standing("pg103", Role.REPLICA)).isEqualTo(GO);
    }

    @Test
    void aReplicaThatWasOutComesBackAtHalfTheLimit() {
        Scenario scenario = behind(behind(limited(MEGABYTE), 0), 1_000_001);
        assertThat(behind(scenario, 500_001).candidates("replicas")).isEmpty();
        assertThat(behind(scenario, 500_000).candidates("replicas")).containsExactly("pg103:REPLICA:0");
    }

    @Test
    void aReplicaThatWasInStaysInUpToTheLimit() {
        Scenario scenario = behind(limited(MEGABYTE), 0);
        assertThat(behind(scenario, 1_000_000).candidates("replicas")).containsExactly("pg103:REPLICA:0");
    }

    @Test
    void aReplicaThatWasNeverMeasuredGetsNoReadersUnderALimit() {
        Scenario scenario = limited(MEGABYTE).hears("pg103", Answers.replicaAt(5, 10_000_000));
        assertThat(scenario.candidates("replicas")).isEmpty();
    }

    @Test
    void withoutARecentSampleOfThePrimaryTheVerdictStands() {
        Scenario scenario = behind(limited(MEGABYTE), 0).after(4).hears("pg103", Answers.replicaAt(5, 1));
        assertThat(scenario.candidates("replicas")).containsExactly("pg103:REPLICA:0");
    }

    /** Nodes are asked together; nothing is written any more, so no sample of the primary's is worth keeping. */
    @Test
    void aReplicaIsMeasuredWhereThePrimaryAnswersFirst() {
        Scenario scenario = limited(MEGABYTE);
        for (int i = 0; i < 10; i++) {
            scenario.hears("pg102", Answers.primaryAt(5, 10_000_000)).after(1);
        }
        scenario.hears("pg102", Answers.at(scenario.now(), Answers.primaryAt(5, 10_000_000)))
                .hears("pg103", Answers.at(scenario.now() - 1, Answers.replicaAt(5, 9_000_000)));
        assertThat(scenario.cluster().replication().lag("pg103"))
                .map(Lag::bytes)
                .contains(1_000_000L);
    }

    @Test
    void lagInBytesIsNeverNegative() {
        Scenario scenario = behind(limited(MEGABYTE), -500);
        assertThat(scenario.cluster().replication().lag("pg103")).contains(new Lag(0, 0, true));
    }

    @Test
    void lagInTimeIsTheAgeOfTheSampleAtWhichThePrimaryFirstPassed() {
        Scenario scenario = limited(TEN_SECONDS);
        for (int i = 0; i <= 20; i++) {
            scenario.hears("pg102", Answers.primaryAt(5, 1000L + i)).after(1);
        }
        // It is 21 s; the primary was first seen past 1014 with its sample of second 15.
        scenario.hears("pg103", Answers.replicaAt(5, 1014));
        assertThat(scenario.cluster().replication().lag("pg103")).contains(new Lag(6, Answers.seconds(6), true));
    }

    @Test
    void anIdlePrimaryMakesNoLagInTime() {
        Scenario scenario = limited(TEN_SECONDS);
        for (int i = 0; i < 60; i++) {
            scenario.hears("pg102", Answers.primaryAt(5, 1000)).after(1);
        }
        scenario.hears("pg103", Answers.replicaAt(5, 1000));
        assertThat(scenario.candidates("replicas")).containsExactly("pg103:REPLICA:0");
    }

    @Test
    void aReplicaBehindOurOldestSampleIsNotTakenForAFreshOne() {
        Scenario scenario = limited(TEN_SECONDS)
                .hears("pg102", Answers.primaryAt(5, 10_000_000))
                .after(1)
                .hears("pg103", Answers.replicaAt(5, 17));
        assertThat(scenario.candidates("replicas")).isEmpty();
    }

    @Test
    void positionsStayBoundedHoweverOftenThePrimaryIsAsked() {
        LeaderPositions positions = LeaderPositions.none(Answers.seconds(600));
        for (int i = 0; i < 20_000; i++) {
            positions = positions.with("pg102/5", new LeaderPositions.Sample(Answers.seconds(i / 10.0), 1000 + i));
        }
        assertThat(positions.samples()).hasSizeLessThanOrEqualTo(1002);
    }

    @Test
    void anotherPrimaryStartsTheMeasurementsAnew() {
        LeaderPositions positions = LeaderPositions.none(Answers.seconds(600))
                .with("pg102/5", new LeaderPositions.Sample(0, 1000))
                .with("pg103/6", new LeaderPositions.Sample(1, 900));
        assertThat(positions.samples()).containsExactly(new LeaderPositions.Sample(1, 900));
    }

    @Test
    void whyNobodySaysWhatEachNodeIs() {
        Scenario scenario = Scenario.with(Scenario.listener("replicas", Route.REPLICA, MaxLag.NONE, Fallback.NONE))
                .hears("pg102", Answers.primary(5))
                .hears("pg103", Answers.replicaSaying("\"tags\":{\"noloadbalance\":true}"))
                .hears("pg104", Answers.silence());
        assertThat(scenario.whyNobody("replicas"))
                .isEqualTo("no replica: pg102 primary; pg103 tagged noloadbalance;"
                        + " pg104 not known yet: does not answer (no answer within 2000 ms)");
    }

    @Test
    void aReplicaThatDoesNotStreamAndSaysSoInEverNewWordsMakesNoNewTables() {
        Scenario scenario = Scenario.healthy().hears("pg103", Answers.replicaSaying("\"replication_state\":\"x\""));
        long version = scenario.outlook().table().version();
        for (int i = 0; i < 50; i++) {
            scenario.hears("pg103", Answers.replicaSaying("\"replication_state\":\"x" + i + "\""));
        }
        assertThat(scenario.outlook().table().version()).isEqualTo(version);
    }
}
