package io.pgproxy.health.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.HealthConfig;
import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.ListenerConfig.Route;
import io.pgproxy.config.MaxLag;
import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.ReadsConfig.Fallback;
import io.pgproxy.core.RoutingTable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Since when a node is a candidate, and when there is no reason to be gentle. */
class SlowStartTest {
    private static final MaxLag MEGABYTE = new MaxLag(OptionalLong.of(1_000_000), Optional.empty());

    /** pg104 was away from second 1 and is back at second 5. */
    private static Scenario returned() {
        return Scenario.healthy()
                .after(1)
                .hears("pg104", Answers.of(503, "replica", "starting"))
                .after(4)
                .hears("pg104", Answers.replica(5));
    }

    @Test
    void aNodeThatComesBackSaysSinceWhen() {
        assertThat(returned().since("replicas", "pg104")).hasValue(Answers.seconds(5));
    }

    @Test
    void whoWasThereAllAlongHasNone() {
        assertThat(returned().since("replicas", "pg103")).isEmpty();
    }

    @Test
    void whoIsFoundWellWhenTheProgramStartsHasNone() {
        Scenario scenario = Scenario.healthy();
        assertThat(scenario.since("replicas", "pg103")).isEmpty();
        assertThat(scenario.since("replicas", "pg104")).isEmpty();
    }

    @Test
    void severalYesesThatAreAskedForAreStillTheFirstVerdict() {
        HealthConfig riseTwo = new HealthConfig(
                Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ofSeconds(2), 2, 3, Duration.ofSeconds(10));
        Scenario scenario = Scenario.withConfig(riseTwo, Scenario.REPLICAS)
                .allWell()
                .after(1)
                .allWell();
        assertThat(scenario.nodes("replicas")).containsExactly("pg103", "pg104", "pg102");
        assertThat(scenario.since("replicas", "pg104")).isEmpty();
    }

    @Test
    void theFirstMeasurementOfLagIsStillTheFirstVerdict() {
        Scenario scenario = Scenario.with(Scenario.listener("replicas", Route.REPLICA, MEGABYTE, Fallback.NONE))
                .hears("pg103", Answers.replica(5))
                .hears("pg104", Answers.replica(5))
                .after(1)
                .allWell()
                .after(1)
                .allWell();
        assertThat(scenario.nodes("replicas")).containsExactly("pg103", "pg104");
        assertThat(scenario.since("replicas", "pg104")).isEmpty();
    }

    @Test
    void whoWasAwayWhenTheProgramStartedIsTreatedGently() {
        Scenario scenario = Scenario.start().hears("pg102", Answers.primary(5)).hears("pg103", Answers.replica(5));
        for (int i = 0; i < 3; i++) {
            scenario.hears("pg104", Answers.silence());
        }
        scenario.after(60).hears("pg103", Answers.replica(5)).hears("pg104", Answers.replica(5));
        assertThat(scenario.since("replicas", "pg104")).hasValue(Answers.seconds(60));
    }

    @Test
    void whoWasStartingWhenTheProgramStartedIsTreatedGently() {
        Scenario scenario = Scenario.start()
                .hears("pg103", Answers.replica(5))
                .hears("pg104", Answers.of(503, "replica", "starting"))
                .after(1)
                .hears("pg104", Answers.replica(5));
        assertThat(scenario.since("replicas", "pg104")).hasValue(Answers.seconds(1));
    }

    @Test
    void whoComesWhereNobodyElseIsHasNone() {
        Scenario scenario = Scenario.with(Scenario.listener("replicas", Route.REPLICA, MaxLag.NONE, Fallback.NONE))
                .allWell()
                .hears("pg103", Answers.of(503, "replica", "starting"))
                .hears("pg104", Answers.of(503, "replica", "starting"))
                .after(1)
                .hears("pg104", Answers.replica(5));
        assertThat(scenario.since("replicas", "pg104")).isEmpty();
    }

    @Test
    void thePrimaryThatIsFallenBackToIsNobodyElse() {
        Scenario scenario = Scenario.healthy()
                .hears("pg103", Answers.of(503, "replica", "starting"))
                .hears("pg104", Answers.of(503, "replica", "starting"))
                .after(1)
                .hears("pg104", Answers.replica(5));
        assertThat(scenario.since("replicas", "pg104")).isEmpty();
        assertThat(scenario.since("replicas", "pg102")).isEmpty();
    }

    @Test
    void aNewPrimaryComesWhereNobodyElseIs() {
        Scenario scenario =
                Scenario.healthy().hears("pg102", Answers.replica(5)).after(1).hears("pg103", Answers.primary(6));
        assertThat(scenario.since("primary", "pg103")).isEmpty();
    }

    @Test
    void anotherTierIsNoReasonToBeginAgain() {
        Scenario scenario = returned().after(1);
        for (int i = 0; i < 3; i++) {
            scenario.hears("pg104", Answers.silence());
        }
        assertThat(scenario.candidates("replicas")).contains("pg104:REPLICA:1");
        assertThat(scenario.since("replicas", "pg104")).hasValue(Answers.seconds(5));
        assertThat(scenario.after(1).hears("pg104", Answers.replica(5)).since("replicas", "pg104"))
                .hasValue(Answers.seconds(5));
    }

    @Test
    void leavingAndComingBackBeginsAgain() {
        Scenario scenario = returned()
                .after(1)
                .hears("pg104", Answers.replicaSaying("\"tags\":{\"noloadbalance\":true}"))
                .after(1)
                .hears("pg103", Answers.replica(5))
                .hears("pg104", Answers.replica(5));
        assertThat(scenario.since("replicas", "pg104")).hasValue(Answers.seconds(7));
    }

    @Test
    void whoBecomesSynchronousIsNewOnThatRoute() {
        Scenario scenario = Scenario.with(Scenario.SYNC)
                .allWell()
                .hears("pg103", Answers.syncReplica())
                .after(1)
                .hears("pg104", Answers.syncReplica());
        assertThat(scenario.since("sync", "pg103")).isEmpty();
        assertThat(scenario.since("sync", "pg104")).hasValue(Answers.seconds(1));
    }

    @Test
    void timeAloneMakesNoTable() {
        Scenario scenario = returned();
        RoutingTable table = scenario.outlook().table();
        for (int i = 0; i < 90; i++) {
            scenario.after(1)
                    .hears("pg102", Answers.primary(5))
                    .hears("pg103", Answers.replica(5))
                    .hears("pg104", Answers.replica(5));
        }
        assertThat(scenario.outlook().table()).isSameAs(table);
    }

    @Test
    void withoutASlowStartNobodySaysSinceWhen() {
        ListenerConfig sudden = new ListenerConfig(
                "replicas",
                Scenario.REPLICAS.bind(),
                Route.REPLICA,
                Scenario.REPLICAS.balance(),
                Duration.ZERO,
                Scenario.REPLICAS.reads(),
                Scenario.REPLICAS.rules(),
                Scenario.REPLICAS.policies());
        Scenario scenario = Scenario.with(sudden)
                .allWell()
                .hears("pg104", Answers.of(503, "replica", "starting"))
                .after(1)
                .hears("pg104", Answers.replica(5));
        assertThat(scenario.since("replicas", "pg104")).isEmpty();
    }

    @Test
    void eachCandidateHasItsNodesWeight() {
        NodeConfig heavy = new NodeConfig("pg102", "pg102", 5432, 8008, NodeConfig.Scheme.HTTP, 300);
        RoutingPolicy policy = new RoutingPolicy(List.of(Scenario.PRIMARY), List.of(heavy));
        Scenario scenario = Scenario.healthy();
        Outlook outlook = policy.next(Outlook.of(scenario.cluster(), 0), scenario.cluster(), scenario.now());
        assertThat(outlook.table().route("primary").candidates())
                .singleElement()
                .satisfies(candidate -> assertThat(candidate.weight()).isEqualTo(300));
    }
}
