package io.pgproxy.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The schema in the repository is the loader's, and says what the loader says of the form of every value.
 *
 * <p>After a change of the keys or of the reference file's comments, write it anew and read the difference:
 * {@code mvn -q test -pl config -Dtest=SchemaFileTest -Dpgproxy.writeSchema=true}
 */
class SchemaFileTest {
    private static final Path FILE = Path.of("pgproxy.schema.json");
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final String REFERENCE_WITHOUT_COMMENTS =
            ReferenceFile.text().replaceAll("(?m)(^| +)#.*$", "");
    private static final Pattern KEY_AND_VALUE = Pattern.compile("(?m)^([ -]*)([a-z-]+): (\\S.*)$");

    @Test
    void isMadeFromTheLoader() throws IOException {
        String made = JSON.writeValueAsString(SchemaSection.ofTheLoader()) + "\n";
        if (Boolean.getBoolean("pgproxy.writeSchema")) {
            Files.writeString(FILE, made);
        }

        assertThat(Files.readString(FILE))
                .as("write it anew with -Dpgproxy.writeSchema=true")
                .isEqualTo(made);
    }

    @Test
    void travelsInTheJar() throws IOException {
        assertThat(SchemaFile.text()).isEqualTo(Files.readString(FILE));
    }

    @Test
    void isASchema() {
        Schema draft7 = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                .getSchema(SchemaLocation.of("http://json-schema.org/draft-07/schema#"));

        assertThat(draft7.validate(SchemaFile.text(), InputFormat.JSON)).isEmpty();
    }

    @Test
    void describesEveryKey() {
        assertThat(groups(JSON.readTree(SchemaFile.text())))
                .hasSizeGreaterThan(5)
                .flatExtracting(group -> group.path("properties").values())
                .allSatisfy(
                        key -> assertThat(key.path("description").asString()).isNotBlank());
    }

    @Test
    void letsNoUnknownKeyThrough() {
        assertThat(groups(JSON.readTree(SchemaFile.text())))
                .hasSizeGreaterThan(5)
                .allSatisfy(
                        group -> assertThat(group.path("additionalProperties")).hasToString("false"));
    }

    @Test
    void takesTheReferenceFile() {
        assertThat(refusals(ReferenceFile.text())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nodes: [{name: a, host: b}]",
                "nodes: [{name: a, host: \"::1\"}]\nadmin:\n",
                "nodes: [{name: a, host: db1.example.org., weight: 1000}]\nadmin: {bind: \"[::1]:1\"}",
                "nodes: [{name: a, host: 10.0.0.1}]\nlisteners: [{name: a, bind: \"*:1\", route: any, max-lag: {time: 1s}}]",
                "nodes: [{name: a, host: b}]\nlisteners: [{name: a, bind: \"0.0.0.0:1\", route: sync, max-lag: 16MB,"
                        + " required-tags: {fast: true, zone: a, rank: 1}, refused-tags: , fallback-max-sessions: 5}]",
                "nodes: [{name: a, host: b}]\nlisteners: [{name: a, bind: \"*:1\", route: primary,"
                        + " allow-from: [10.0.0.0/8, 10.1.2.3, \"2001:db8::/32\", \"::1\"], proxy-protocol-from: none,"
                        + " max-sessions: 5, connects-per-source: {rate: 20/s, burst: 100}}]",
                "nodes: [{name: a, host: b}]\nlisteners: [{name: a, bind: \"*:1\", route: primary,"
                        + " allow-from: all, proxy-protocol-from: [\"::/0\"], connects-per-source: 20/s}]",
                "nodes: [{name: 102, host: b}, {name: 1.5, host: true}]\npatroni: {scope: 15}",
                "nodes: [{name: a, host: b}]\nlisteners: [{name: 5432, bind: \"*:1\", route: any}]",
                "nodes: [{name: a, host: b}]\nsessions: {tcp-user-timeout: off, unacknowledged-timeout: 24h, max: 5}",
                "nodes: [{name: a, host: b}]\npatroni: {verify-host: false, scope: main}\nlog: {format: json, level: debug}",
                "nodes: [{name: a, host: b}]\nvip: {name: 5, addresses: [10.0.0.1, \"2001:db8::1\"], interface: eth0,"
                        + " self: \"[fd00::1]:7001\", lease-ttl: 8s}\netcd: {endpoints: [\"http://e1\"]}",
                "nodes: [{name: a, host: b}]\netcd: {endpoints: [\"http://10.0.0.1\", \"https://[::1]:1/\", \"https://e_1.:65535\"]}",
                "patroni: {scope: main, state-file: /srv/nodes.json}\netcd: {endpoints: [\"http://e1\"]}"
            })
    void takesWhatTheLoaderTakes(String yaml) {
        assertThat(Parsing.problems(yaml)).isEmpty();
        assertThat(refusals(yaml)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nodes: []",
                "nodes: [{name: a}]",
                "nodes: [{host: a}]",
                "nodes: {name: a, host: b}",
                "nodes: [{name: a b, host: b}]",
                "nodes: [{name: a, host: \"b:5432\"}]",
                "nodes: [{name: a, host: 192.168.50.256}]",
                "nodes: [{name: a, host: 5}]",
                "nodes: [{name: a, host: b, port: 0}]",
                "nodes: [{name: a, host: b, port: 65536}]",
                "nodes: [{name: a, host: b, weight: 1001}]",
                "nodes: [{name: a, host: b}]\nhold: 60",
                "nodes: [{name: a, host: b}]\nhold: 1d",
                "nodes: [{name: a, host: b}]\nhold: 01s",
                "nodes: [{name: a, host: b}]\nhold: [1s]",
                "nodes: [{name: a, host: b}]\nhealth: 1s",
                "nodes: [{name: a, host: b}]\nlisteners: []",
                "nodes: [{name: a, host: b}]\nlisteners:",
                "nodes: [{name: a, host: b}]\nlisteners: [{name: a, bind: \"*:1\"}]",
                "nodes: [{name: a, host: b}]\nlisteners: [{name: a, bind: \"*:1\", route: any, max-lag: 16M}]",
                "nodes: [{name: a, host: b}]\nlisteners: [{name: a, bind: \"*:1\", route: any, max-lag: {bytes: 1s}}]",
                "nodes: [{name: a, host: b}]\nlisteners: [{name: a, bind: \"*:1\", route: any, max-lag: {byte: 1B}}]",
                "nodes: [{name: a, host: b}]\nlisteners: [{name: a, bind: \"*:1\", route: any, required-tags: [a]}]",
                "nodes: [{name: a, host: b}]\nlisteners: [{name: a, bind: \"*:1\", route: any, required-tags: {a: [b]}}]",
                "nodes: [{name: a, host: b}]\nlisteners: [{name: a, bind: \"*:1\", route: any, allow-from: []}]",
                "nodes: [{name: a, host: b}]\nlisteners: [{name: a, bind: \"*:1\", route: any, allow-from: 10.0.0.0/8}]",
                "nodes: [{name: a, host: b}]\nlisteners: [{name: a, bind: \"*:1\", route: any, allow-from: [db1]}]",
                "nodes: [{name: a, host: b}]\nlisteners: [{name: a, bind: \"*:1\", route: any, allow-from: [10.0.0/8]}]",
                "nodes: [{name: a, host: b}]\nlisteners: [{name: a, bind: \"*:1\", route: any, connects-per-source: 20}]",
                "nodes: [{name: a, host: b}]\nlisteners: [{name: a, bind: \"*:1\", route: any,"
                        + " connects-per-source: {burst: 5}}]",
                "nodes: [{name: a, host: b}]\npatroni: {verify-host: yes}",
                "nodes: [{name: a, host: b}]\npatroni: {state-file: nodes.json}",
                "nodes: [{name: a, host: b}]\nsessions: {max: all}",
                "nodes: [{name: a, host: b}]\nvip:",
                "nodes: [{name: a, host: b}]\nvip: {name: a}",
                "nodes: [{name: a, host: b}]\nvip: {name: a, addresses: none}",
                "nodes: [{name: a, host: b}]\nvip: {name: a, addresses: [10.0.0.1/24]}",
                "nodes: [{name: a, host: b}]\nvip: {name: a, addresses: [10.0.0.1], interface: \"eth0:1\"}",
                "nodes: [{name: a, host: b}]\nvip: {name: a, addresses: [10.0.0.1], self: ct100}",
                "nodes: [{name: a, host: b}]\nvip: {name: a, addresses: [10.0.0.1], preempt: true}",
                "nodes: [{name: a, host: b}]\nadmin: {bind: 7000}",
                "nodes: [{name: a, host: b}]\nadmin: {bind: \"db1:7000\"}",
                "nodes: [{name: a, host: b}]\netcd: {endpoints: []}",
                "nodes: [{name: a, host: b}]\netcd: {endpoints: \"http://e1:2379\"}",
                "nodes: [{name: a, host: b}]\netcd: {endpoints: [\"e1:2379\"]}",
                "nodes: [{name: a, host: b}]\netcd: {endpoints: [\"http://e1:2379/v3\"]}"
            })
    void refusesFormsThatTheLoaderRefuses(String yaml) {
        assertThat(Parsing.problems(yaml)).isNotEmpty();
        assertThat(refusals(yaml)).isNotEmpty();
    }

    static Stream<String> referenceFilesWithOneKeyMisspelled() {
        return KEY_AND_VALUE
                .matcher(REFERENCE_WITHOUT_COMMENTS)
                .results()
                .map(key -> REFERENCE_WITHOUT_COMMENTS.substring(0, key.end(2)) + "-x"
                        + REFERENCE_WITHOUT_COMMENTS.substring(key.end(2)));
    }

    @ParameterizedTest
    @MethodSource("referenceFilesWithOneKeyMisspelled")
    void refusesEveryKeyThatIsMisspelled(String yaml) {
        assertThat(Parsing.problems(yaml)).isNotEmpty();
        assertThat(refusals(yaml)).isNotEmpty();
    }

    static Stream<String> referenceFilesWithOneValueSpoiled() {
        return KEY_AND_VALUE
                .matcher(REFERENCE_WITHOUT_COMMENTS)
                .results()
                .map(key -> REFERENCE_WITHOUT_COMMENTS.substring(0, key.start(3)) + "\u00A7"
                        + REFERENCE_WITHOUT_COMMENTS.substring(key.end(3)));
    }

    @ParameterizedTest
    @MethodSource("referenceFilesWithOneValueSpoiled")
    void refusesEveryValueThatIsSpoiled(String yaml) {
        assertThat(Parsing.problems(yaml)).isNotEmpty();
        assertThat(refusals(yaml)).isNotEmpty();
    }

    /** Every object of the schema that has keys of its own, at whatever depth. */
    private static Stream<JsonNode> groups(JsonNode schema) {
        Stream<JsonNode> below = schema.values().stream().flatMap(SchemaFileTest::groups);
        return schema.path("properties").isObject() ? Stream.concat(Stream.of(schema), below) : below;
    }

    private static List<Error> refusals(String yaml) {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                .getSchema(SchemaFile.text(), InputFormat.JSON)
                .validate(JSON.<JsonNode>valueToTree(PlainYaml.parse(yaml)));
    }
}
