package io.pgproxy.config.yaml;

import static io.pgproxy.config.yaml.Parsing.NODES;
import static io.pgproxy.config.yaml.Parsing.config;
import static io.pgproxy.config.yaml.Parsing.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.MaxLag;
import io.pgproxy.config.ReadsConfig;
import io.pgproxy.config.ReadsConfig.Fallback;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadsKeysTest {
    @Test
    void readsEveryKey() {
        assertThat(
                        reads(
                                """
                        route: sync, max-lag: 1kB, required-tags: {zone: a, fast: true}, refused-tags: {zone: b},
                          fallback: primary, fallback-max-sessions: 1000000"""))
                .isEqualTo(new ReadsConfig(
                        new MaxLag(OptionalLong.of(1024), Optional.empty()),
                        Map.of("zone", "a", "fast", "true"),
                        Map.of("zone", "b"),
                        Fallback.PRIMARY,
                        OptionalInt.of(1_000_000)));
    }

    @ParameterizedTest
    @CsvSource({"replica, PRIMARY", "sync, PRIMARY", "async, PRIMARY", "any, NONE", "leader, NONE", "primary, NONE"})
    void fallsBackToThePrimaryWhereNothingIsSaid(String route, Fallback fallback) {
        assertThat(reads("route: " + route)).isEqualTo(ReadsConfig.NONE.withFallback(fallback));
    }

    @ParameterizedTest
    @ValueSource(strings = {"replica", "sync", "async", "any"})
    void takesConditionsWhereReplicasServe(String route) {
        assertThat(problems(
                        listener("route: " + route + ", max-lag: 1MB, required-tags: {a: b}, refused-tags: {c: d}")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"primary", "leader"})
    void refusesConditionsWhereNoReplicaServes(String route) {
        assertThat(problems(listener("route: " + route + ", max-lag: none, required-tags: {}, refused-tags: {}")))
                .containsExactly(
                        "line 2: listeners[0].max-lag: is for the routes replica, sync, async and any only",
                        "line 2: listeners[0].required-tags: is for the routes replica, sync, async and any only",
                        "line 2: listeners[0].refused-tags: is for the routes replica, sync, async and any only");
    }

    @ParameterizedTest
    @ValueSource(strings = {"primary", "leader"})
    void refusesAFallbackWhereNoReplicaServes(String route) {
        assertThat(problems(listener("route: " + route + ", fallback: none, fallback-max-sessions: 5")))
                .containsExactly(
                        "line 2: listeners[0].fallback: is for the routes replica, sync and async only",
                        "line 2: listeners[0].fallback-max-sessions: is for the routes replica, sync and async only");
    }

    @Test
    void refusesAFallbackWhereThePrimaryServesAnyway() {
        assertThat(problems(listener("route: any, fallback: primary")))
                .containsExactly("line 2: listeners[0].fallback: is for the routes replica, sync and async only;"
                        + " with any the primary is one of the nodes anyway");
    }

    @Test
    void holdsNothingAgainstARouteThatCouldNotBeRead() {
        assertThat(problems(listener("route: replicas, fallback: none, max-lag: 1MB")))
                .singleElement()
                .asString()
                .startsWith("line 2: listeners[0].route: ");
    }

    @Test
    void refusesAnUnknownFallback() {
        assertThat(problems(listener("route: replica, fallback: leader, fallback-max-sessions: 5")))
                .containsExactly("line 2: listeners[0].fallback: 'leader' is not known; write none or primary");
    }

    @Test
    void refusesALimitOfAFallbackThatIsNone() {
        assertThat(problems(listener("route: replica, fallback: none, fallback-max-sessions: 5")))
                .containsExactly("line 2: listeners[0].fallback-max-sessions: needs fallback: primary");
    }

    @Test
    void takesNoLimitForAFallbackThatIsNone() {
        assertThat(reads("route: replica, fallback: none, fallback-max-sessions: none"))
                .isEqualTo(ReadsConfig.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1000001"})
    void refusesALimitOutOfRange(String text) {
        assertThat(problems(listener("route: replica, fallback-max-sessions: " + text)))
                .containsExactly("line 2: listeners[0].fallback-max-sessions: '" + text
                        + "' is out of range; write 1 to 1000000, or none");
    }

    @Test
    void leavesTagsAsTheyAreWritten() {
        assertThat(reads("route: any, required-tags: {no: \"yes\", 010: 1.0, \"q r\": \"\\u00FC: #\"}")
                        .requiredTags())
                .isEqualTo(Map.of("no", "yes", "010", "1.0", "q r", "\u00FC: #"));
    }

    @ParameterizedTest
    @CsvSource({
        "True, true",
        "TRUE, true",
        "yes, true",
        "Yes, true",
        "on, true",
        "ON, true",
        "False, false",
        "no, false",
        "NO, false",
        "off, false",
        "Off, false"
    })
    void refusesATruthValueThatPatroniShowsOtherwise(String written, String shown) {
        assertThat(problems(listener(
                        "route: any, required-tags: {ssd: " + written + "}, refused-tags: {away: " + written + "}")))
                .containsExactly(
                        "line 2: listeners[0].required-tags.ssd: '" + written
                                + "' can be a truth value or a text; write " + shown + ", or quote it",
                        "line 2: listeners[0].refused-tags.away: '" + written
                                + "' can be a truth value or a text; write " + shown + ", or quote it");
    }

    @ParameterizedTest
    @CsvSource({
        "010, 8",
        "-010, -8",
        "0x1F, 31",
        "0b101, 5",
        "1_000, 1000",
        "+5, 5",
        "-0, 0",
        "1:30, 90",
        "-1:00:01, -3601",
        "99999999999999999999_0, 999999999999999999990",
        "1.10, 1.1",
        "1., 1.0",
        ".5, 0.5",
        "+1.5, 1.5",
        "1_0.5, 10.5",
        "1.5e+3, 1500.0",
        "-0.00, -0.0"
    })
    void refusesANumberThatPatroniShowsOtherwise(String written, String shown) {
        assertThat(problems(listener(
                        "route: any, required-tags: {rank: " + written + "}, refused-tags: {away: " + written + "}")))
                .containsExactly(
                        "line 2: listeners[0].required-tags.rank: '" + written + "' can be a number or a text; write "
                                + shown + ", or quote it",
                        "line 2: listeners[0].refused-tags.away: '" + written + "' can be a number or a text; write "
                                + shown + ", or quote it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "1",
                "-1",
                "1000",
                "1.5",
                "-0.5",
                "10.0",
                "08",
                "1e3",
                "0o10",
                "0b",
                "0b_",
                "0x_",
                "1:60",
                "0:30",
                "1.2.3",
                "2026-11-23",
                "10.0.0.0/8",
                "_1",
                "-",
                ".",
                "1-2",
                "12ab"
            })
    void takesATagThatIsNoNumberOrShownAsItIsWritten(String text) {
        assertThat(reads("route: any, refused-tags: {rank: " + text + "}").refusedTags())
                .isEqualTo(Map.of("rank", text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"010", "0x10", "1_000", "1:30", "1.10", ".5"})
    void takesANumberInQuotesAsAText(String text) {
        assertThat(reads("route: any, refused-tags: {rank: \"" + text + "\"}").refusedTags())
                .isEqualTo(Map.of("rank", text));
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, false", "'\"True\"', True", "'\"no\"', no", "n, n", "yesterday, yesterday"})
    void takesATagWhoseTextIsClear(String written, String text) {
        assertThat(reads("route: any, refused-tags: {away: " + written + "}").refusedTags())
                .isEqualTo(Map.of("away", text));
    }

    @Test
    void takesTagsThatAreAllCommentedOut() {
        assertThat(problems(
                        """
                        listeners:
                        - name: a
                          bind: "*:6000"
                          route: any
                          required-tags:
                            # zone: a
                        """
                                + NODES))
                .isEmpty();
    }

    @Test
    void refusesAListOfTags() {
        assertThat(problems(listener("route: any, refused-tags: [zone]")))
                .containsExactly("line 2: listeners[0].refused-tags: takes keys and values, but has a list");
    }

    @Test
    void refusesATagWithoutAValue() {
        assertThat(problems(listener("route: any, refused-tags: {zone: }")))
                .containsExactly("line 2: listeners[0].refused-tags.zone: has no value; write one, or leave it out");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\\t", "\\u200B", "a\\e[2J"})
    void refusesATagThatCannotBeSeen(String text) {
        assertThat(problems(listener("route: any, required-tags: {zone: \"" + text + "\"}")))
                .singleElement()
                .asString()
                .startsWith("line 2: listeners[0].required-tags.zone: '")
                .endsWith("' is not a tag's text; write 1 to 200 characters, all of them visible");
    }

    @Test
    void refusesANameOfATagThatCannotBeSeen() {
        assertThat(problems(listener("route: any, required-tags: {\"zo\\u200Bne\": a}")))
                .containsExactly("line 2: listeners[0].required-tags.zo\\u200bne: 'zo\\u200bne' is not a tag's text;"
                        + " write 1 to 200 characters, all of them visible");
    }

    @Test
    void takesATagOf200Characters() {
        String text = "\uD83D\uDE00".repeat(200);

        assertThat(reads("route: any, required-tags: {" + text + ": " + text + "}")
                        .requiredTags())
                .isEqualTo(Map.of(text, text));
    }

    @Test
    void refusesATagOf201Characters() {
        assertThat(problems(listener("route: any, required-tags: {zone: " + "a".repeat(201) + "}")))
                .containsExactly("line 2: listeners[0].required-tags.zone: '" + "a".repeat(60)
                        + "...' is not a tag's text; write 1 to 200 characters, all of them visible");
    }

    @Test
    void takes64Tags() {
        assertThat(reads("route: any, required-tags: {" + tags(64) + "}").requiredTags())
                .hasSize(64);
    }

    @Test
    void refusesA65thTag() {
        assertThat(problems(listener("route: any, required-tags: {" + tags(65) + "}")))
                .containsExactly("line 2: listeners[0].required-tags: has 65 entries; up to 64 are possible");
    }

    @Test
    void refusesATagThatIsRequiredAndRefused() {
        assertThat(problems(listener("route: any, required-tags: {zone: a}, refused-tags: {zone: a}")))
                .containsExactly("line 2: listeners[0].refused-tags: refuses zone: a,"
                        + " which required-tags asks for; no node passes both");
    }

    @Test
    void takesATagThatIsRequiredAndRefusedWithAnotherValue() {
        assertThat(problems(listener("route: any, required-tags: {zone: a}, refused-tags: {zone: b}")))
                .isEmpty();
    }

    private static String tags(int count) {
        return IntStream.range(0, count).mapToObj(i -> "t" + i + ": v").collect(Collectors.joining(", "));
    }

    private static ReadsConfig reads(String keys) {
        return config(listener(keys)).listeners().get(0).reads();
    }

    private static String listener(String keys) {
        return "listeners:\n- {name: a, bind: \"*:6000\", " + keys + "}" + NODES;
    }
}
