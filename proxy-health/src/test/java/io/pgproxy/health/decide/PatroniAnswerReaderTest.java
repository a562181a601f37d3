package io.pgproxy.health.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.health.decide.ProbeOutcome.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is taken from a body, and what a body can't do to us. */
class PatroniAnswerReaderTest {
    private static final String PRIMARY =
            """
            {"state": "running", "postmaster_start_time": "2024-08-28 19:39:26+00:00", "role": "primary",
             "server_version": 160004, "xlog": {"location": 67395656}, "timeline": 1,
             "replication": [{"usename": "replicator", "application_name": "pg103", "client_addr": "10.89.0.6",
                              "state": "streaming", "sync_state": "async", "sync_priority": 0}],
             "dcs_last_seen": 1692356718, "pending_restart": true, "tags": {"clonefrom": true},
             "database_system_identifier": "7268616322854375442",
             "patroni": {"version": "4.0.0", "scope": "demo", "name": "pg102"}}
            """;

    private static PatroniAnswer read(String body) {
        return Answers.json(503, body).answer().orElseThrow();
    }

    private static PatroniAnswer with(String fields) {
        return read("{\"role\": \"replica\", \"state\": \"running\", " + fields + "}");
    }

    @Test
    void aPrimarysBodyIsUnderstood() {
        PatroniAnswer answer = Answers.json(200, PRIMARY).answer().orElseThrow();
        assertThat(answer.role()).isEqualTo(PatroniRole.PRIMARY);
        assertThat(answer.state()).isEqualTo(PatroniState.RUNNING);
        assertThat(answer.timeline()).hasValue(1);
        assertThat(answer.wal().location()).hasValue(67395656);
        assertThat(answer.flags()).isEqualTo(new PatroniAnswer.Flags(false, false, false, false, true));
        assertThat(answer.origin())
                .isEqualTo(new PatroniAnswer.Origin(
                        Optional.of("pg102"),
                        Optional.of("4.0.0"),
                        new Identity(Optional.of("demo"), Optional.of("7268616322854375442"))));
    }

    @Test
    void anOldReplicasBodyIsUnderstoodWithoutTheFieldsItLacks() {
        PatroniAnswer answer = with("\"xlog\": {\"received_location\": 5, \"replayed_location\": 4,"
                + " \"replayed_timestamp\": null, \"paused\": false}, \"patroni\": {\"version\": \"3.0.2\"}");
        assertThat(answer.wal())
                .isEqualTo(new PatroniAnswer.Wal(OptionalLong.empty(), OptionalLong.of(5), OptionalLong.of(4)));
        assertThat(answer.replicationState()).isEmpty();
        assertThat(answer.origin().member()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"timeline\": \"5\"",
                "\"timeline\": -1",
                "\"timeline\": 1.5",
                "\"timeline\": null",
                "\"timeline\": [5]",
                "\"timeline\": 99999999999999999999999999",
                "\"timeline\": 1e300"
            })
    void aTimelineOfTheWrongTypeIsAbsent(String field) {
        assertThat(with(field).timeline()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"xlog\": 7", "\"xlog\": []", "\"tags\": \"x\"", "\"patroni\": [[]]", "\"pause\": {}"})
    void aFieldOfTheWrongTypeDoesNotBlindUsToTheNode(String field) {
        assertThat(with(field).role()).isEqualTo(PatroniRole.REPLICA);
    }

    @Test
    void aStateThatIsNoTextIsNotRunning() {
        assertThat(read("{\"role\": \"replica\", \"state\": [\"running\"]}").state())
                .isEqualTo(PatroniState.OTHER);
        assertThat(read("{\"role\": \"replica\"}").state()).isEqualTo(PatroniState.OTHER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "\"true\"", "1", "\"yes\""})
    void aTagIsOnHoweverYamlMadeIt(String value) {
        assertThat(with("\"tags\": {\"noloadbalance\": " + value + "}").flags().noLoadBalance())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"sync_standby\": true", "\"quorum_standby\": true"})
    void bothOfPatronisWordsMeanSynchronous(String field) {
        assertThat(with(field).flags().synchronous()).isTrue();
        assertThat(with(field.replace("true", "false")).flags().synchronous()).isFalse();
    }

    @Test
    void wordsAreShorterStill() {
        PatroniAnswer answer =
                read("{\"role\": \"" + "x".repeat(5_000) + "\", \"state\": \"" + "y".repeat(5_000) + "\"}");
        assertThat(answer.text())
                .isEqualTo("/primary 503, role " + "x".repeat(40) + "..., state " + "y".repeat(40) + "...");
    }

    @Test
    void tagsAreTakenAsText() {
        assertThat(with("\"tags\": {\"zone\": \"a\", \"ssd\": true, \"rack\": 7, \"half\": 0.5}")
                        .tags()
                        .values())
                .isEqualTo(Map.of("zone", "a", "ssd", "true", "rack", "7", "half", "0.5"));
    }

    @Test
    void tagsThatAreNoPlainValuesAreIgnored() {
        assertThat(with("\"tags\": {\"a\": null, \"b\": {}, \"c\": [1], \"d\": \"yes\"}")
                        .tags()
                        .values())
                .isEqualTo(Map.of("d", "yes"));
        assertThat(with("\"tags\": [\"a\", \"b\"]").tags().values()).isEmpty();
    }

    @Test
    void tagsAreSafeToPrint() {
        assertThat(with("\"tags\": {\"a\\nb\": \"\\u001b[31m\"}").tags().values())
                .isEqualTo(Map.of("a\\u000Ab", "\\u001B[31m"));
    }

    @Test
    void moreTagsThanAnybodyGivesANodeAreNotKept() {
        String many = IntStream.range(0, 2_000)
                .mapToObj(i -> "\"tag" + i + "\": " + i)
                .collect(Collectors.joining(", ", "\"tags\": {", "}"));
        assertThat(with(many).tags().values()).hasSize(PatroniTags.MAX_TAGS);
    }

    @Test
    void tagsLongerThanAnybodyWritesAreNotKept() {
        String full = "x".repeat(PatroniTags.MAX_CHARS);
        assertThat(with("\"tags\": {\"a\": \"" + full + "\", \"b\": \"" + full + "x\", \"" + full + "x\": 1}")
                        .tags()
                        .values())
                .isEqualTo(Map.of("a", full));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "<html>503</html>",
                "null",
                "[]",
                "7",
                "\"primary\"",
                "{}",
                "{\"role\": 7}",
                "{\"role\": null}",
                "{\"role\": \"primary\"",
                "{\"role\": \"primary\"} {}",
                "{\"role\": \"replica\", \"role\": \"primary\"}",
                "{\"role\": \"primary\", \"timeline\": 01}",
                "{\"role\": NaN}"
            })
    void whatIsNotPatronisIsGarbage(String body) {
        assertThat(Answers.json(200, body).kind()).isEqualTo(Kind.GARBAGE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 204, 302, 401, 404, 500, 502, 599})
    void anyOtherStatusIsGarbageWhateverTheBodySays(int status) {
        assertThat(Answers.json(status, PRIMARY).kind()).isEqualTo(Kind.GARBAGE);
    }

    @Test
    void depthIsLimited() {
        String body = "{\"role\":\"primary\",\"x\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}";
        assertThat(Answers.json(200, body).kind()).isEqualTo(Kind.GARBAGE);
    }

    @Test
    void aNumberOfThousandsOfDigitsIsGarbage() {
        assertThat(Answers.json(200, "{\"role\":\"primary\",\"x\":" + "9".repeat(10_000) + "}")
                        .kind())
                .isEqualTo(Kind.GARBAGE);
    }

    @Test
    void aBodyBeyondTheLimitIsGarbage() {
        String body = "{\"role\":\"primary\",\"x\":\"" + "x".repeat(PatroniAnswerReader.MAX_BODY_BYTES) + "\"}";
        assertThat(Answers.json(200, body).kind()).isEqualTo(Kind.GARBAGE);
    }

    @Test
    void textsCannotForgeLogLines() {
        PatroniAnswer answer = read("{\"role\": \"x\\n2026 ERROR \\u001b[31m\\u202e\", \"state\": \"running\"}");
        assertThat(answer.text()).isEqualTo("/primary 503, role x\\u000A2026 ERROR \\u001B[31m\\u202E");
    }

    @Test
    void textsAreShort() {
        assertThat(with("\"replication_state\": \"" + "x".repeat(5_000) + "\"")
                        .replicationState()
                        .orElseThrow())
                .hasSize(203)
                .endsWith("...");
    }

    @Test
    void noMutilationOfABodyDoesMoreThanChangeTheAnswer() {
        Random random = new Random(20_260_101);
        for (int round = 0; round < 20_000; round++) {
            byte[] body = PRIMARY.getBytes(StandardCharsets.UTF_8);
            for (int i = random.nextInt(4); i >= 0; i--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }
            ProbeOutcome outcome = PatroniAnswerReader.read(200, body);
            assertThat(outcome.kind()).isIn(Kind.ANSWERED, Kind.GARBAGE);
            assertThat(outcome.detail().chars()).allMatch(c -> c >= ' ');
        }
    }
}
