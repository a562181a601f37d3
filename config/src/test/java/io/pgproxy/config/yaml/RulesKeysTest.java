package io.pgproxy.config.yaml;

import static io.pgproxy.config.yaml.Parsing.NODES;
import static io.pgproxy.config.yaml.Parsing.config;
import static io.pgproxy.config.yaml.Parsing.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.Network;
import io.pgproxy.config.RulesConfig;
import io.pgproxy.config.RulesConfig.ConnectRate;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RulesKeysTest {
    @Test
    void readsEveryKey() throws Syntax.Unreadable {
        assertThat(
                        rules(
                                """
                        allow-from: [10.0.0.0/8, 10.1.2.3], proxy-protocol-from: ["2001:db8::/32"],
                          max-sessions: 1, max-sessions-per-node: 2, max-sessions-per-source: 3,
                          connects-per-source: {rate: 20/s, burst: 100}"""))
                .isEqualTo(new RulesConfig(
                        List.of(network("10.0.0.0/8"), network("10.1.2.3/32")),
                        List.of(network("2001:db8::/32")),
                        OptionalInt.of(1),
                        OptionalInt.of(2),
                        OptionalInt.of(3),
                        Optional.of(new ConnectRate(20, 100))));
    }

    @Test
    void letsEveryoneInWithoutALimitWhereNothingIsSaid() {
        assertThat(rules("")).isEqualTo(RulesConfig.NONE);
    }

    @Test
    void readsAllAndNone() {
        assertThat(
                        rules(
                                """
                        allow-from: all, proxy-protocol-from: none, max-sessions: none, max-sessions-per-node: none,
                          max-sessions-per-source: none, connects-per-source: none"""))
                .isEqualTo(RulesConfig.NONE);
    }

    @Test
    void takesUnquotedIpv6NetworksOneALine() throws Syntax.Unreadable {
        assertThat(config(
                                """
                                listeners:
                                - name: a
                                  bind: "*:6000"
                                  route: primary
                                  allow-from:
                                  - ::1
                                  - 2001:db8::/32
                                  - ::1
                                """
                                        + NODES)
                        .listeners()
                        .get(0)
                        .rules()
                        .allowFrom())
                .containsExactly(network("::1"), network("2001:db8::/32"), network("::1"));
    }

    @ParameterizedTest
    @CsvSource({"allow-from, all", "proxy-protocol-from, none"})
    void refusesAnEmptyList(String key, String word) {
        assertThat(problems(listener(key + ": []")))
                .containsExactly(
                        "line 2: listeners[0]." + key + ": has 0 entries; write " + word + ", or 1 to 1000 of them");
    }

    @ParameterizedTest
    @CsvSource({"allow-from, all", "proxy-protocol-from, none"})
    void refusesATextThatIsNoList(String key, String word) {
        assertThat(problems(listener(key + ": 10.0.0.0/8")))
                .containsExactly("line 2: listeners[0]." + key + ": takes " + word
                        + " or a list, but has the text '10.0.0.0/8'");
    }

    @Test
    void refusesKeysForAList() {
        assertThat(problems(listener("allow-from: {a: b}")))
                .containsExactly("line 2: listeners[0].allow-from: takes all or a list, but has keys and values");
    }

    @Test
    void refusesNothingForAList() {
        assertThat(problems(listener("allow-from: ")))
                .containsExactly("line 2: listeners[0].allow-from: takes all or a list, but has none");
    }

    @Test
    void takesAThousandNetworks() {
        assertThat(rules("allow-from: [" + "10.0.0.0/8, ".repeat(1000) + "]").allowFrom())
                .hasSize(1000);
    }

    @Test
    void refusesOneMoreThanAThousandNetworks() {
        assertThat(problems(listener("allow-from: [" + "10.0.0.0/8, ".repeat(1001) + "]")))
                .containsExactly("line 2: listeners[0].allow-from: has 1001 entries; write all, or 1 to 1000 of them");
    }

    @Test
    void saysWhichEntryIsWrong() {
        assertThat(problems(listener("allow-from: [10.0.0.0/8, all, [a], {b: c}, ~, db1]")))
                .containsExactly(
                        "line 2: listeners[0].allow-from[1]: 'all' is not a network;"
                                + " write 10.0.0.0/8, 2001:db8::/32 or an address such as 10.1.2.3",
                        "line 2: listeners[0].allow-from[2]: takes one value, but has a list",
                        "line 2: listeners[0].allow-from[3]: takes one value, but has keys and values",
                        "line 2: listeners[0].allow-from[4]: has no value; write one, or leave it out",
                        "line 2: listeners[0].allow-from[5]: 'db1' is not a network;"
                                + " write 10.0.0.0/8, 2001:db8::/32 or an address such as 10.1.2.3");
    }

    @Test
    void refusesAnAliasForANetworkOnce() {
        assertThat(problems(listener("allow-from: [&a 10.0.0.0/8, *a ]"))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"max-sessions", "max-sessions-per-node", "max-sessions-per-source"})
    void refusesALimitOutOfRange(String key) {
        assertThat(problems(listener(key + ": 0")))
                .containsExactly("line 2: listeners[0]." + key + ": '0' is out of range; write 1 to 1000000, or none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"max-sessions", "max-sessions-per-node", "max-sessions-per-source"})
    void takesALimitOfAMillion(String key) {
        assertThat(problems(listener(key + ": 1000000"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "20/s, 20, 20",
        "1/s, 1, 1",
        "100000/s, 100000, 100000",
        "{rate: 20/s}, 20, 20",
        "'{rate: 20/s, burst: 1}', 20, 1",
        "'{rate: 1/s, burst: 1000000}', 1, 1000000"
    })
    void readsARate(String text, int perSecond, int burst) {
        assertThat(rules("connects-per-source: " + text).connectsPerSource())
                .contains(new ConnectRate(perSecond, burst));
    }

    @ParameterizedTest
    @ValueSource(strings = {"20", "20/m", "20 / s", "0x10/s", "-1/s", "010/s", "/s", "1.5/s"})
    void refusesWhatIsNotARate(String text) {
        assertThat(problems(listener("connects-per-source: " + text)))
                .containsExactly("line 2: listeners[0].connects-per-source: '" + text
                        + "' is not a rate; write 1/s to 100000/s, or none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0/s", "100001/s", "99999999999999999999/s"})
    void refusesARateOutOfRange(String text) {
        assertThat(problems(listener("connects-per-source: {rate: " + text + "}")))
                .containsExactly("line 2: listeners[0].connects-per-source.rate: '" + text
                        + "' is out of range; write 1/s to 100000/s");
    }

    @Test
    void refusesABurstWithoutItsRate() {
        assertThat(problems(listener("connects-per-source: {burst: 5}")))
                .containsExactly("line 2: listeners[0].connects-per-source.rate: is required");
    }

    @Test
    void refusesABurstOutOfRange() {
        assertThat(problems(listener("connects-per-source: {rate: 1/s, burst: 0}")))
                .containsExactly(
                        "line 2: listeners[0].connects-per-source.burst: '0' is out of range;" + " write 1 to 1000000");
    }

    @Test
    void refusesAnUnknownKeyBesideARate() {
        assertThat(problems(listener("connects-per-source: {rate: 1/s, bursts: 2}")))
                .containsExactly("line 2: listeners[0].connects-per-source.bursts: unknown key; did you mean burst?");
    }

    private static Network network(String text) throws Syntax.Unreadable {
        return new NetworkSyntax().parse(text);
    }

    private static RulesConfig rules(String keys) {
        return config(listener(keys)).listeners().get(0).rules();
    }

    private static String listener(String keys) {
        return "listeners:\n- {name: a, bind: \"*:6000\", route: primary, " + keys + "}" + NODES;
    }
}
