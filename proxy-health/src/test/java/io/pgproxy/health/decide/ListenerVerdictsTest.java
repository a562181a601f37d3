package io.pgproxy.health.decide;

import static io.pgproxy.core.Standing.DRAIN;
import static io.pgproxy.core.Standing.END;
import static io.pgproxy.core.Standing.GO;
import static io.pgproxy.core.Standing.STAY;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.ListenerConfig.Route;
import io.pgproxy.config.MaxLag;
import io.pgproxy.config.PoliciesConfig;
import io.pgproxy.config.PoliciesConfig.Policy;
import io.pgproxy.config.ReadsConfig.Fallback;
import io.pgproxy.core.Role;
import io.pgproxy.core.Standing;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a listener's policies change about its sessions, and what they cannot change. */
class ListenerVerdictsTest {
    private static final MaxLag MEGABYTE = new MaxLag(OptionalLong.of(1_000_000), Optional.empty());
    private static final Optional<Duration> TEN_MINUTES = Optional.of(Duration.ofMinutes(10));

    /** The default listener for replicas, and one that does so on a promotion. */
    private static Scenario onPromotion(Policy policy) {
        PoliciesConfig policies = new PoliciesConfig(policy, Policy.DRAIN, TEN_MINUTES, OptionalInt.empty());
        return Scenario.with(
                        Scenario.REPLICAS,
                        Scenario.listener("own", Route.REPLICA, MaxLag.NONE, Fallback.PRIMARY)
                                .withPolicies(policies))
                .allWell();
    }

    private static Standing readersOn(String node, Scenario scenario) {
        return scenario.standing("own", node, Role.REPLICA);
    }

    /** The primary is at 10 MB, and then pg103 is asked, which is 2 MB behind. */
    private static Scenario behind(Route route, Policy onLag, Optional<Duration> drainFor) {
        PoliciesConfig policies = new PoliciesConfig(Policy.CLOSE, onLag, drainFor, OptionalInt.empty());
        Scenario scenario = Scenario.with(
                Scenario.listener("own", route, MEGABYTE, Fallback.NONE).withPolicies(policies));
        return lag(lag(scenario, 0), 2_000_000);
    }

    private static Scenario lag(Scenario scenario, long bytes) {
        return scenario.hears("pg102", Answers.primaryAt(5, 10_000_000))
                .after(1)
                .hears("pg103", Answers.replicaAt(5, 10_000_000 - bytes));
    }

    @Test
    void promotionEndsReadersWhereNothingElseIsSaid() {
        Scenario scenario = onPromotion(Policy.KEEP).hears("pg103", Answers.primary(6));
        assertThat(scenario.standing("replicas", "pg103", Role.REPLICA)).isEqualTo(END);
    }

    @Test
    void promotionKeepsReadersWhereTheListenerDoes() {
        assertThat(readersOn("pg103", onPromotion(Policy.KEEP).hears("pg103", Answers.primary(6))))
                .isEqualTo(STAY);
    }

    @Test
    void promotionDrainsReadersWhereTheListenerDoes() {
        assertThat(readersOn("pg103", onPromotion(Policy.DRAIN).hears("pg103", Answers.primary(6))))
                .isEqualTo(DRAIN);
    }

    @ParameterizedTest
    @EnumSource
    void promotedReplicaIsNoCandidateForReadsWhateverThePolicy(Policy policy) {
        Scenario scenario = onPromotion(policy).hears("pg103", Answers.primary(6));
        assertThat(scenario.candidates("own")).doesNotContain("pg103:REPLICA:0");
    }

    @ParameterizedTest
    @EnumSource(names = {"DRAIN", "KEEP"})
    void readersWhoOutlivedAPromotionEndWhenTheNodeTakesItBack(Policy policy) {
        Scenario scenario = onPromotion(policy).hears("pg103", Answers.primary(6));
        scenario.hears("pg103", Answers.of(503, "replica", "running"));
        assertThat(readersOn("pg103", scenario)).isEqualTo(END);
    }

    @ParameterizedTest
    @EnumSource(names = {"DRAIN", "KEEP"})
    void readersWhoOutlivedAPromotionEndWhenAnotherNodeIsPromoted(Policy policy) {
        Scenario scenario = onPromotion(policy).hears("pg103", Answers.primary(6));
        for (int i = 0; i < 15; i++) {
            scenario.after(1).hears("pg103", Answers.silence());
        }
        assertThat(readersOn("pg103", scenario)).isNotEqualTo(END);
        scenario.hears("pg104", Answers.primary(7));
        assertThat(readersOn("pg103", scenario)).isEqualTo(END);
    }

    /** They may have written there, and nobody can any more. */
    @ParameterizedTest
    @EnumSource(names = {"DRAIN", "KEEP"})
    void readersWhoOutlivedAPromotionEndWhenTheNodeLeadsAStandbyCluster(Policy policy) {
        Scenario scenario = onPromotion(policy).hears("pg103", Answers.primary(6));
        scenario.hears("pg103", Answers.standbyLeader(6));
        assertThat(readersOn("pg103", scenario)).isEqualTo(END);
        scenario.hears("pg103", Answers.standbyLeader(6)).hears("pg103", Answers.silence());
        assertThat(readersOn("pg103", scenario)).isEqualTo(END);
    }

    /** It has been a standby all along. */
    @ParameterizedTest
    @EnumSource
    void readersOfAReplicaThatComesToLeadAStandbyClusterStay(Policy policy) {
        Scenario scenario = onPromotion(policy).hears("pg103", Answers.standbyLeader(5));
        assertThat(readersOn("pg103", scenario)).isEqualTo(STAY);
    }

    @Test
    void readersStayOnANodeThatIsPromotedAgain() {
        Scenario scenario = onPromotion(Policy.KEEP).hears("pg103", Answers.primary(6));
        scenario.hears("pg103", Answers.standbyLeader(6)).hears("pg103", Answers.primary(7));
        assertThat(readersOn("pg103", scenario)).isEqualTo(STAY);
    }

    @ParameterizedTest
    @EnumSource
    void replicaThatRestartsKeepsItsReadersWhateverThePolicy(Policy policy) {
        Scenario scenario = onPromotion(policy).hears("pg103", Answers.of(503, "replica", "starting"));
        assertThat(readersOn("pg103", scenario)).isEqualTo(STAY);
    }

    @ParameterizedTest
    @EnumSource
    void sessionsThatFellBackEndWithTheLeadWhateverThePolicy(Policy policy) {
        Scenario scenario = onPromotion(policy).hears("pg102", Answers.of(503, "replica", "running"));
        assertThat(scenario.standing("own", "pg102", Role.FALLBACK)).isEqualTo(END);
    }

    @Test
    void lagDrainsWhereADrainHasAnEnd() {
        assertThat(readersOn("pg103", behind(Route.REPLICA, Policy.DRAIN, TEN_MINUTES)))
                .isEqualTo(DRAIN);
    }

    @Test
    void drainWithoutAnEndIsNone() {
        assertThat(readersOn("pg103", behind(Route.REPLICA, Policy.DRAIN, Optional.empty())))
                .isEqualTo(GO);
    }

    @Test
    void lagKeepsReadersWhereTheListenerDoes() {
        assertThat(readersOn("pg103", behind(Route.REPLICA, Policy.KEEP, TEN_MINUTES)))
                .isEqualTo(GO);
    }

    @Test
    void replicaThatHasCaughtUpIsDrainedNoMore() {
        Scenario scenario = behind(Route.REPLICA, Policy.DRAIN, TEN_MINUTES);
        assertThat(readersOn("pg103", lag(scenario, 600_000))).isEqualTo(DRAIN);
        assertThat(readersOn("pg103", lag(scenario, 500_000))).isEqualTo(GO);
    }

    @Test
    void lagDrainsWhoCameForAnyNodeAndNotThePrimarys() {
        Scenario scenario = behind(Route.ANY, Policy.DRAIN, TEN_MINUTES);
        assertThat(scenario.standing("own", "pg103", Role.ANY)).isEqualTo(DRAIN);
        assertThat(scenario.standing("own", "pg102", Role.ANY)).isEqualTo(GO);
    }

    @Test
    void silenceCallsADrainOff() {
        Scenario scenario = behind(Route.REPLICA, Policy.DRAIN, TEN_MINUTES);
        for (int i = 0; i < 15; i++) {
            scenario.after(1).hears("pg103", Answers.silence());
        }
        assertThat(readersOn("pg103", scenario)).isEqualTo(STAY);
    }

    @Test
    void listenerWithTheDefaultsHasNoVerdictsOfItsOwn() {
        Scenario scenario = Scenario.healthy().hears("pg103", Answers.primary(6));
        assertThat(scenario.outlook().table().route("replicas").ownVerdicts()).isEmpty();
    }
}
