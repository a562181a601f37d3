package io.pgproxy.health.decide;

import static io.pgproxy.core.Standing.GO;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.ListenerConfig.Route;
import io.pgproxy.config.MaxLag;
import io.pgproxy.config.ReadsConfig;
import io.pgproxy.config.ReadsConfig.Fallback;
import io.pgproxy.core.Role;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Required and refused tags: whom they keep out, and that they only ever keep out. */
class TagRulesTest {
    private static final Map<String, String> NONE = Map.of();

    private static ListenerConfig listener(
            Route route, Map<String, String> required, Map<String, String> refused, Fallback fallback) {
        return Scenario.listener("reads", route, MaxLag.NONE, fallback)
                .withReads(new ReadsConfig(MaxLag.NONE, required, refused, fallback, OptionalInt.empty()));
    }

    private static ProbeOutcome tagged(String tags) {
        return Answers.replicaSaying("\"tags\":{" + tags + "}");
    }

    /** pg103 is in zone a, pg104 in zone b, the primary says nothing. */
    private static Scenario zones(ListenerConfig listener) {
        return Scenario.with(listener)
                .allWell()
                .hears("pg103", tagged("\"zone\":\"a\",\"ssd\":true"))
                .hears("pg104", tagged("\"zone\":\"b\",\"ssd\":true"));
    }

    @Test
    void aRequiredTagKeepsOutWhoHasAnotherValueOrNone() {
        Scenario scenario = zones(listener(Route.REPLICA, Map.of("zone", "a"), NONE, Fallback.NONE));
        assertThat(scenario.nodes("reads")).containsExactly("pg103");
        assertThat(scenario.hears("pg103", Answers.replica(5)).nodes("reads")).isEmpty();
    }

    @Test
    void eachOfSeveralRequiredTagsCounts() {
        Map<String, String> both = Map.of("zone", "a", "ssd", "true");
        assertThat(zones(listener(Route.REPLICA, both, NONE, Fallback.NONE)).nodes("reads"))
                .containsExactly("pg103");
    }

    @Test
    void oneRefusedTagKeepsOut() {
        Map<String, String> either = Map.of("zone", "b", "rack", "7");
        assertThat(zones(listener(Route.REPLICA, NONE, either, Fallback.NONE)).nodes("reads"))
                .containsExactly("pg103");
    }

    @ParameterizedTest
    @EnumSource(
            value = Route.class,
            names = {"REPLICA", "ASYNC", "ANY"})
    void theyCountOnEveryRouteForReads(Route route) {
        assertThat(zones(listener(route, Map.of("zone", "a"), NONE, Fallback.NONE))
                        .nodes("reads"))
                .containsExactly("pg103");
    }

    @Test
    void theyCountOnRouteSync() {
        Scenario scenario = zones(listener(Route.SYNC, Map.of("zone", "a"), NONE, Fallback.NONE))
                .hears("pg103", Answers.replicaSaying("\"sync_standby\":true,\"tags\":{\"zone\":\"a\"}"))
                .hears("pg104", Answers.replicaSaying("\"sync_standby\":true,\"tags\":{\"zone\":\"b\"}"));
        assertThat(scenario.nodes("reads")).containsExactly("pg103");
    }

    @Test
    void onRouteAnyTheyCountForThePrimaryToo() {
        Scenario scenario = zones(listener(Route.ANY, NONE, Map.of("zone", "c"), Fallback.NONE));
        assertThat(scenario.nodes("reads")).contains("pg102");
        assertThat(scenario.hears("pg102", Answers.primarySaying("\"tags\":{\"zone\":\"c\"}"))
                        .nodes("reads"))
                .containsExactly("pg103", "pg104");
    }

    @Test
    void thePrimaryThatIsFallenBackToIsNotJudgedByThem() {
        Scenario scenario = zones(listener(Route.REPLICA, Map.of("zone", "c"), NONE, Fallback.PRIMARY));
        assertThat(scenario.candidates("reads")).containsExactly("pg102:FALLBACK:2");
    }

    @Test
    void aTagThatChangesKeepsSessionsWhereTheyAre() {
        Scenario scenario = zones(listener(Route.REPLICA, Map.of("zone", "a"), NONE, Fallback.NONE));
        scenario.hears("pg103", tagged("\"zone\":\"b\""));
        assertThat(scenario.nodes("reads")).isEmpty();
        assertThat(scenario.standing("pg103", Role.REPLICA)).isEqualTo(GO);
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, false", "7, 7", "1.5, 1.5", "\"seven\", seven", "\"True\", True"})
    void aPlainValueIsComparedAsText(String json, String text) {
        Scenario scenario = Scenario.with(listener(Route.REPLICA, Map.of("x", text), NONE, Fallback.NONE))
                .hears("pg103", tagged("\"x\":" + json));
        assertThat(scenario.nodes("reads")).containsExactly("pg103");
    }

    @Test
    void whyNobodyNamesTheTag() {
        Scenario required = zones(listener(Route.REPLICA, Map.of("zone", "c"), NONE, Fallback.NONE));
        assertThat(required.whyNobody("reads"))
                .isEqualTo("no replica: pg102 primary; pg103 replica without the tag zone: c;"
                        + " pg104 replica without the tag zone: c");
        Scenario refused = zones(listener(Route.ANY, NONE, Map.of("ssd", "true"), Fallback.NONE))
                .hears("pg102", Answers.primarySaying("\"tags\":{\"ssd\":true}"));
        assertThat(refused.whyNobody("reads"))
                .isEqualTo(
                        "no replica or primary: pg102 primary with the refused tag ssd: true;"
                                + " pg103 replica with the refused tag ssd: true; pg104 replica with the refused tag ssd: true");
    }

    @Test
    void aTagThatChangesWithEveryCheckMakesNoNewTables() {
        Scenario scenario = zones(listener(Route.REPLICA, Map.of("zone", "c"), NONE, Fallback.NONE));
        long version = scenario.outlook().table().version();
        for (int i = 0; i < 50; i++) {
            scenario.after(0.1).hears("pg103", tagged("\"zone\":\"z" + i + "\""));
        }
        assertThat(scenario.outlook().table().version()).isEqualTo(version);
    }

    @Test
    void whoHasMoreTagsThanAreReadMayHaveTheRefusedOne() {
        StringBuilder many = new StringBuilder("\"a0\":1");
        for (int i = 1; i <= PatroniTags.MAX_TAGS; i++) {
            many.append(",\"a").append(i).append("\":1");
        }
        ProbeOutcome crowded = tagged(many + ",\"away\":true");
        Scenario refusing = zones(listener(Route.REPLICA, NONE, Map.of("away", "true"), Fallback.NONE));
        assertThat(refusing.hears("pg103", crowded).nodes("reads")).containsExactly("pg104");
        Scenario indifferent = zones(listener(Route.REPLICA, Map.of("a0", "1"), NONE, Fallback.NONE));
        assertThat(indifferent.hears("pg103", crowded).nodes("reads")).containsExactly("pg103");
    }

    @Test
    void asManyTagsAsAreReadAreAllOfThem() {
        StringBuilder many = new StringBuilder("\"a0\":1");
        for (int i = 1; i < PatroniTags.MAX_TAGS; i++) {
            many.append(",\"a").append(i).append("\":1");
        }
        Scenario scenario = zones(listener(Route.REPLICA, NONE, Map.of("away", "true"), Fallback.NONE));
        assertThat(scenario.hears("pg103", tagged(many.toString())).nodes("reads"))
                .contains("pg103");
    }
}
