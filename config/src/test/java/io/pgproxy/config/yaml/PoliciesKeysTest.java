package io.pgproxy.config.yaml;

import static io.pgproxy.config.yaml.Parsing.NODES;
import static io.pgproxy.config.yaml.Parsing.config;
import static io.pgproxy.config.yaml.Parsing.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.PoliciesConfig;
import io.pgproxy.config.PoliciesConfig.Policy;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PoliciesKeysTest {
    @Test
    void readsEveryKey() {
        assertThat(
                        policies(
                                """
                        route: replica, max-lag: 1MB, on-demotion: close, on-promotion: drain, on-lag: keep,
                          on-unknown: keep, drain-for: 10m, fallback-return: 5/s"""))
                .isEqualTo(new PoliciesConfig(
                        Policy.DRAIN, Policy.KEEP, Optional.of(Duration.ofMinutes(10)), OptionalInt.of(5)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"primary", "leader", "replica", "sync", "async", "any"})
    void closesOnPromotionAndDrainsOnLagWithoutAnEndWhereNothingIsSaid(String route) {
        assertThat(policies("route: " + route))
                .isEqualTo(new PoliciesConfig(Policy.CLOSE, Policy.DRAIN, Optional.empty(), OptionalInt.empty()));
    }

    @ParameterizedTest
    @CsvSource({"primary, keep", "primary, drain", "leader, keep", "replica, keep", "sync, drain", "async, keep"})
    void refusesToLeaveSessionsOnADemotedNode(String route, String policy) {
        assertThat(problems(listener("route: " + route + ", on-demotion: " + policy)))
                .containsExactly("line 2: listeners[0].on-demotion: '" + policy
                        + "' is not allowed: what is written on a node that has lost the lead is lost to the cluster;"
                        + " write close");
    }

    @ParameterizedTest
    @CsvSource({"primary, close", "leader, drain", "replica, close", "any, drain"})
    void refusesToEndSessionsForSilence(String route, String policy) {
        assertThat(problems(listener("route: " + route + ", on-unknown: " + policy)))
                .containsExactly("line 2: listeners[0].on-unknown: '" + policy
                        + "' is not allowed: Patroni's API can hang while PostgreSQL is well,"
                        + " so silence ends no session; write keep");
    }

    @Test
    void refusesToCutQueriesForLag() {
        assertThat(problems(listener("route: replica, max-lag: 1MB, on-lag: close")))
                .containsExactly("line 2: listeners[0].on-lag: 'close' is not allowed:"
                        + " a moment's lag would cut every query there; write drain or keep");
    }

    @Test
    void refusesAnUnknownPolicy() {
        assertThat(problems(listener("route: replica, on-promotion: shed, on-lag: shed, on-demotion: shed")))
                .containsExactly(
                        "line 2: listeners[0].on-demotion: 'shed' is not known; write close",
                        "line 2: listeners[0].on-promotion: 'shed' is not known; write close or drain or keep",
                        "line 2: listeners[0].on-lag: 'shed' is not known; write drain or keep");
    }

    @Test
    void refusesADemotionOnTheRouteAny() {
        assertThat(problems(listener("route: any, on-demotion: close")))
                .containsExactly("line 2: listeners[0].on-demotion: is not for the route any,"
                        + " whose sessions stay with their node when its role changes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"primary", "leader"})
    void refusesPoliciesOfReadsWhereThereAreNone(String route) {
        assertThat(problems(listener("route: " + route
                        + ", on-promotion: keep, on-lag: keep, drain-for: none, fallback-return: off")))
                .containsExactlyInAnyOrder(
                        "line 2: listeners[0].on-lag: is for the routes replica, sync, async and any only",
                        "line 2: listeners[0].drain-for: is for the routes replica, sync, async and any only",
                        "line 2: listeners[0].on-promotion: is for the routes replica, sync and async only",
                        "line 2: listeners[0].fallback-return: is for the routes replica, sync and async only");
    }

    @Test
    void refusesAPromotionWhereThePrimaryServesAnyway() {
        assertThat(problems(listener("route: any, on-promotion: close")))
                .containsExactly("line 2: listeners[0].on-promotion: is for the routes replica, sync and async only;"
                        + " with any the primary is one of the nodes anyway");
    }

    @Test
    void refusesADrainOnPromotionWithoutAnEnd() {
        assertThat(problems(listener("route: replica, on-promotion: drain")))
                .containsExactly("line 2: listeners[0].on-promotion: needs drain-for; without an end it would be keep");
    }

    @ParameterizedTest
    @ValueSource(strings = {"on-promotion: keep", "max-lag: 1MB, on-lag: keep", "on-lag: drain"})
    void refusesAnEndOfDrainsWhereNobodyIsDrained(String keys) {
        assertThat(problems(listener("route: replica, drain-for: 1m, " + keys)))
                .containsExactly("line 2: listeners[0].drain-for: ends nobody: it needs on-promotion: drain,"
                        + " or on-lag: drain with a max-lag");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "route: replica, max-lag: 1MB",
                "route: any, max-lag: 30s, on-lag: drain",
                "route: sync, on-promotion: drain, on-lag: keep"
            })
    void takesAnEndWhereSomebodyIsDrained(String keys) {
        assertThat(policies(keys + ", drain-for: 24h").drainFor()).contains(Duration.ofHours(24));
    }

    @ParameterizedTest
    @ValueSource(strings = {"999ms", "25h"})
    void refusesAnEndOutOfRange(String text) {
        assertThat(problems(listener("route: replica, max-lag: 1MB, drain-for: " + text)))
                .containsExactly(
                        "line 2: listeners[0].drain-for: '" + text + "' is out of range; write 1s to 24h, or none");
    }

    @Test
    void refusesAReturnOfNobody() {
        assertThat(problems(listener("route: replica, fallback: none, fallback-return: 5/s")))
                .containsExactly("line 2: listeners[0].fallback-return: needs fallback: primary");
    }

    @Test
    void takesNoReturnOfNobody() {
        assertThat(policies("route: replica, fallback: none, fallback-return: off"))
                .isEqualTo(PoliciesConfig.DEFAULTS);
    }

    @Test
    void refusesAReturnThatIsNoRate() {
        assertThat(problems(listener("route: replica, fallback-return: 5")))
                .containsExactly(
                        "line 2: listeners[0].fallback-return: '5' is not a rate;" + " write 1/s to 100000/s, or off");
    }

    private static PoliciesConfig policies(String keys) {
        return config(listener(keys)).listeners().get(0).policies();
    }

    private static String listener(String keys) {
        return "listeners:\n- {name: a, bind: \"*:6000\", " + keys + "}" + NODES;
    }
}
