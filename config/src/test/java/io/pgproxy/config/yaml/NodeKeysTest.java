package io.pgproxy.config.yaml;

import static io.pgproxy.config.yaml.Parsing.config;
import static io.pgproxy.config.yaml.Parsing.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.NodeConfig.Scheme;
import io.pgproxy.config.PgproxyConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeKeysTest {
    @Test
    void readsEveryKey() {
        assertThat(config(
                                "nodes:\n- {name: a, host: db1, port: 1, patroni-port: 65535, patroni-scheme: https, weight: 50}")
                        .nodes())
                .containsExactly(new NodeConfig("a", "db1", 1, 65535, Scheme.HTTPS, 50));
    }

    @Test
    void fillsInTheDefaults() {
        assertThat(config("nodes:\n- {name: a, host: db1}").nodes())
                .containsExactly(new NodeConfig("a", "db1", 5432, 8008, Scheme.HTTP, 100));
    }

    @Test
    void takesTheSchemeOfTheGroupPatroni() {
        assertThat(config("nodes:\n- {name: a, host: db1}\npatroni: {scheme: https}")
                        .nodes())
                .containsExactly(new NodeConfig("a", "db1", 5432, 8008, Scheme.HTTPS, 100));
    }

    @Test
    void requiresTheListOrWhereElseToFindTheNodes() {
        assertThat(problems("hold: 1s"))
                .containsExactly("line 1: nodes: is required: at least one node with its name and host; or, for the"
                        + " members that Patroni has in etcd, etcd.endpoints and patroni.scope");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "etcd: {endpoints: ['http://etcd1']} | patroni.scope",
                "patroni: {scope: main} | etcd.endpoints",
                "{patroni: {scope: main, watch: false}, etcd: {endpoints: ['http://etcd1']}} | patroni.watch: true",
            })
    void saysWhatIsMissingToFindThem(String yaml, String missing) {
        assertThat(problems(yaml)).singleElement().asString().endsWith(" in etcd, " + missing);
    }

    @Test
    void doesWithoutTheListWhereEtcdHasTheMembers() {
        PgproxyConfig config = config("{patroni: {scope: main}, etcd: {endpoints: ['http://etcd1']}}");

        assertThat(config.nodes()).isEmpty();
        assertThat(config.discoversNodes()).isTrue();
    }

    @Test
    void aListIsTheWholeTruth() {
        assertThat(config(
                                "{nodes: [{name: a, host: db1}], patroni: {scope: main}, etcd: {endpoints: ['http://etcd1']}}")
                        .discoversNodes())
                .isFalse();
    }

    @Test
    void aScopeThatCannotBeReadIsTheOnlyMistake() {
        assertThat(problems("{patroni: {scope: /x}, etcd: {endpoints: ['http://etcd1']}}"))
                .singleElement()
                .asString()
                .contains("is not a name");
    }

    @Test
    void requiresAnEntry() {
        assertThat(problems("nodes: []")).containsExactly("line 1: nodes: has 0 entries; 1 to 64 are possible");
    }

    @Test
    void refusesA65thNode() {
        StringBuilder yaml = new StringBuilder("nodes:\n");
        for (int i = 1; i <= 65; i++) {
            yaml.append("- {name: n").append(i).append(", host: h").append(i).append("}\n");
        }

        assertThat(problems(yaml.toString())).containsExactly("line 2: nodes: has 65 entries; 1 to 64 are possible");
    }

    @Test
    void requiresNameAndHost() {
        assertThat(problems("nodes:\n- port: 5432\n"))
                .containsExactly("line 2: nodes[0].name: is required", "line 2: nodes[0].host: is required");
    }

    @Test
    void refusesAPortOutOfRange() {
        assertThat(problems("nodes: [{name: a, host: b, port: 65536, patroni-port: 0}]"))
                .containsExactly(
                        "line 1: nodes[0].port: '65536' is out of range; write 1 to 65535",
                        "line 1: nodes[0].patroni-port: '0' is out of range; write 1 to 65535");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1000})
    void takesAWeightFrom1To1000(int weight) {
        assertThat(config("nodes: [{name: a, host: b, weight: " + weight + "}]")
                        .nodes()
                        .get(0)
                        .weight())
                .isEqualTo(weight);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1001})
    void refusesAWeightOutOfRange(int weight) {
        assertThat(problems("nodes: [{name: a, host: b, weight: " + weight + "}]"))
                .containsExactly("line 1: nodes[0].weight: '" + weight + "' is out of range; write 1 to 1000");
    }

    @Test
    void refusesAnotherScheme() {
        assertThat(problems("nodes: [{name: a, host: b, patroni-scheme: HTTP}]"))
                .containsExactly("line 1: nodes[0].patroni-scheme: 'HTTP' is not known; write http or https");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "-a", ".a", "a/b", "\u00FC", "a\\n"})
    void refusesANameThatWouldSpoilAMetricOrALog(String name) {
        assertThat(problems("nodes: [{name: \"" + name + "\", host: b}]"))
                .singleElement()
                .asString()
                .endsWith("is not a name; write up to 63 letters, digits, dots, hyphens and underscores,"
                        + " with a letter, a digit or an underscore first");
    }

    @Test
    void refusesANameOf64Characters() {
        assertThat(problems("nodes: [{name: " + "a".repeat(64) + ", host: b}]")).hasSize(1);
    }

    @Test
    void refusesTheSameNameTwice() {
        assertThat(problems("nodes:\n- {name: a, host: b}\n- {name: a, host: c}\n"))
                .containsExactly("line 3: nodes[1].name: a is used already by nodes[0].name in line 2");
    }

    @Test
    void refusesTheSamePostgresqlTwice() {
        assertThat(problems(
                        "nodes:\n- {name: a, host: DB1, port: 5432}\n- {name: b, host: db1., patroni-port: 8009}\n"))
                .containsExactly(
                        "line 3: nodes[1].host: PostgreSQL at db1. port 5432 is used already by nodes[0].host in line 2");
    }

    @Test
    void refusesTheSamePostgresqlInTwoSpellingsOfAnAddress() {
        assertThat(problems("nodes:\n- {name: a, host: \"::1\"}\n- {name: b, host: \"0:0::0:1\"}\n"))
                .containsExactly(
                        "line 3: nodes[1].host: PostgreSQL at 0:0::0:1 port 5432 is used already by nodes[0].host in line 2");
    }

    @Test
    void refusesTheSamePatroniTwice() {
        assertThat(problems("nodes:\n- {name: a, host: db1, port: 5432}\n- {name: b, host: db1, port: 5433}\n"))
                .containsExactly(
                        "line 3: nodes[1].host: Patroni at db1 port 8008 is used already by nodes[0].host in line 2");
    }

    @Test
    void takesTwoNodesOfOneHost() {
        assertThat(problems("nodes:\n- {name: a, host: db1}\n- {name: b, host: db1, port: 5433, patroni-port: 8009}\n"))
                .isEmpty();
    }
}
