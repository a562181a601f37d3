package io.pgproxy.health.decide;

import static io.pgproxy.core.Standing.END;
import static io.pgproxy.core.Standing.GO;
import static io.pgproxy.core.Standing.STAY;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.ListenerConfig.Route;
import io.pgproxy.config.MaxLag;
import io.pgproxy.config.ReadsConfig;
import io.pgproxy.config.ReadsConfig.Fallback;
import io.pgproxy.core.Role;
import io.pgproxy.core.Standing;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Route any: reads with the primary among those who serve them. Who gets them, and what each change does to them. */
class AnyRouteTest {
    private static Scenario healthy() {
        return Scenario.with(Scenario.ANY).allWell();
    }

    private static Standing anybodyOn(String node, Scenario scenario) {
        return scenario.standing(node, Role.ANY);
    }

    @Test
    void thePrimaryIsOneAmongTheReplicas() {
        assertThat(healthy().candidates("any")).containsExactly("pg102:ANY:0", "pg103:ANY:0", "pg104:ANY:0");
    }

    @Test
    void silenceMovesThePrimaryToTheLowerTierLikeAnyOther() {
        Scenario scenario = healthy();
        for (int i = 0; i < 3; i++) {
            scenario.hears("pg102", Answers.silence());
        }
        assertThat(scenario.candidates("any")).containsExactly("pg103:ANY:0", "pg104:ANY:0", "pg102:ANY:1");
    }

    @Test
    void noloadbalanceKeepsAReplicaOutAndThePrimaryIn() {
        String tagged = "\"tags\":{\"noloadbalance\":true}";
        Scenario scenario =
                healthy().hears("pg102", Answers.primarySaying(tagged)).hears("pg103", Answers.replicaSaying(tagged));
        assertThat(scenario.nodes("any")).containsExactly("pg102", "pg104");
        assertThat(anybodyOn("pg102", scenario)).isEqualTo(GO);
        assertThat(anybodyOn("pg103", scenario)).isEqualTo(STAY);
    }

    @Test
    void maxLagIsForTheReplicasOnly() {
        MaxLag megabyte = new MaxLag(OptionalLong.of(1_000_000), Optional.empty());
        Scenario scenario = Scenario.with(Scenario.listener("any", Route.ANY, megabyte, Fallback.NONE))
                .hears("pg102", Answers.primaryAt(5, 10_000_000))
                .after(1)
                .hears("pg103", Answers.replicaAt(5, 10_000_000))
                .hears("pg104", Answers.replicaAt(5, 1));
        assertThat(scenario.nodes("any")).containsExactly("pg102", "pg103");
    }

    @Test
    void aStandbyLeaderIsOneAmongTheReplicasToo() {
        Scenario scenario = Scenario.with(Scenario.ANY)
                .hears("pg102", Answers.standbyLeader(5))
                .hears("pg103", Answers.replica(5));
        assertThat(scenario.nodes("any")).containsExactly("pg102", "pg103");
        assertThat(anybodyOn("pg102", scenario)).isEqualTo(GO);
    }

    @Test
    void promotionKeepsWhoCameToTheReplica() {
        Scenario scenario = healthy()
                .hears("pg102", Answers.of(503, "replica", "starting"))
                .hears("pg103", Answers.of(200, "replica", "running"));
        assertThat(anybodyOn("pg103", scenario)).isEqualTo(STAY);
        assertThat(anybodyOn("pg103", scenario.hears("pg103", Answers.primary(6))))
                .isEqualTo(GO);
    }

    @ParameterizedTest
    @CsvSource({
        "503, primary, stopping",
        "503, primary, running",
        "503, replica, starting",
        "503, replica, running",
        "503, demoted, stopped",
        "503, uninitialized, creating replica",
        "200, primary, starting",
        "200, promoted, running"
    })
    void nothingThatAPrimarySaysOfItselfEndsThem(int status, String role, String state) {
        assertThat(anybodyOn("pg102", healthy().hears("pg102", Answers.of(status, role, state))))
                .isEqualTo(STAY);
    }

    @Test
    void demotionToARunningReplicaBringsTheNodeBack() {
        Scenario scenario = healthy().hears("pg102", Answers.replica(5)).hears("pg102", Answers.replica(5));
        assertThat(anybodyOn("pg102", scenario)).isEqualTo(GO);
    }

    @Test
    void silenceHoweverLongEndsNobody() {
        Scenario scenario = healthy();
        for (int i = 0; i < 60; i++) {
            scenario.after(1).hears("pg102", Answers.silence()).hears("pg103", Answers.silence());
        }
        assertThat(anybodyOn("pg102", scenario)).isEqualTo(STAY);
        assertThat(anybodyOn("pg103", scenario)).isEqualTo(STAY);
    }

    @Test
    void aFrozenPrimaryLosesThemOnceAnotherNodeIsPromoted() {
        Scenario scenario = healthy();
        for (int i = 0; i < 15; i++) {
            scenario.after(1).hears("pg102", Answers.silence());
        }
        scenario.hears("pg103", Answers.primary(6));
        assertThat(anybodyOn("pg102", scenario)).isEqualTo(END);
        assertThat(scenario.nodes("any")).doesNotContain("pg102");
    }

    @Test
    void theLeaderKeyThatNamesAnotherEndsThemToo() {
        Scenario scenario = healthy().hears("pg103", Answers.primary(5)).leaderKey("pg103");
        assertThat(anybodyOn("pg102", scenario)).isEqualTo(END);
    }

    @Test
    void anOldPrimaryThatComesBackAsAReplicaIsWelcome() {
        Scenario scenario = healthy()
                .hears("pg103", Answers.primary(6))
                .hears("pg102", Answers.replica(6))
                .hears("pg102", Answers.replica(6));
        assertThat(scenario.nodes("any")).contains("pg102");
        assertThat(anybodyOn("pg102", scenario)).isEqualTo(GO);
    }

    @Test
    void twoThatNothingTellsApartGetNoNewOnesAndKeepTheirs() {
        Scenario scenario = healthy().hears("pg103", Answers.primary(5));
        assertThat(scenario.nodes("any")).containsExactly("pg104");
        assertThat(anybodyOn("pg102", scenario)).isEqualTo(STAY);
        assertThat(anybodyOn("pg103", scenario)).isEqualTo(STAY);
    }

    @Test
    void aNodeOfAnotherClusterGetsNoNewOnesAndKeepsItsOwn() {
        Scenario scenario = healthy().hears("pg103", Answers.ofCluster(503, "replica", "other", "9"));
        assertThat(scenario.nodes("any")).doesNotContain("pg103");
        assertThat(anybodyOn("pg103", scenario)).isEqualTo(STAY);
    }

    @Test
    void whyNobodySaysWhatWasWanted() {
        Scenario scenario = Scenario.with(Scenario.ANY)
                .hears("pg102", Answers.primary(5))
                .hears("pg103", Answers.primary(5))
                .hears("pg104", Answers.replicaSaying("\"tags\":{\"noloadbalance\":true}"));
        assertThat(scenario.whyNobody("any"))
                .isEqualTo("no replica or primary: pg102 primary like another node, and nothing tells which is the"
                        + " newer; pg103 primary like another node, and nothing tells which is the newer;"
                        + " pg104 tagged noloadbalance");
    }

    @Test
    void aStandbyLeaderBesideAPrimaryIsAtOddsWithNobody() {
        Scenario scenario =
                Scenario.with(tagged()).hears("pg102", Answers.primary(5)).hears("pg103", Answers.standbyLeader(5));
        assertThat(scenario.whyNobody("any"))
                .contains("pg103 standby leader beside a primary")
                .doesNotContain("nothing tells");
    }

    /** So that nobody is left and each is told why. */
    private static ListenerConfig tagged() {
        return Scenario.ANY.withReads(
                new ReadsConfig(MaxLag.NONE, Map.of("zone", "a"), Map.of(), Fallback.NONE, OptionalInt.empty()));
    }
}
