package io.pgproxy.config.yaml;

import static io.pgproxy.config.yaml.Parsing.NODES;
import static io.pgproxy.config.yaml.Parsing.config;
import static io.pgproxy.config.yaml.Parsing.problems;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What YAML 1.1 would make of plain words and numbers, and we don't. */
class YamlTrapsTest {
    @Test
    void leavesNoAsAHostName() {
        assertThat(config("nodes: [{name: yes, host: no}]").nodes().get(0).host())
                .isEqualTo("no");
    }

    @Test
    void leavesDigitsAsAName() {
        assertThat(config("nodes: [{name: 010, host: db}]").nodes().get(0).name())
                .isEqualTo("010");
    }

    @Test
    void refusesOctalNumbers() {
        assertThat(problems("health: {fall: 010}" + NODES))
                .containsExactly("line 1: health.fall: '010' is not a whole number; write 1 to 100");
    }

    @Test
    void refusesUnderscoresInNumbers() {
        assertThat(problems("sessions: {max: 1_000}" + NODES))
                .containsExactly("line 1: sessions.max: '1_000' is not a whole number; write 1 to 1000000, or auto");
    }

    @Test
    void refusesSexagesimalNumbers() {
        assertThat(problems("hold: 12:30:45" + NODES))
                .containsExactly(
                        "line 1: hold: '12:30:45' is not a duration;" + " write 0s to 1h, with the unit ms, s, m or h");
    }

    @Test
    void refusesYesForTrue() {
        assertThat(problems("patroni: {verify-host: yes}" + NODES))
                .containsExactly("line 1: patroni.verify-host: 'yes' is not known; write true or false");
    }

    @Test
    void takesANumberInQuotes() {
        assertThat(config("nodes: [{name: a, host: b, port: \"5433\"}]")
                        .nodes()
                        .get(0)
                        .port())
                .isEqualTo(5433);
    }

    @Test
    void takesNullInQuotesForAName() {
        assertThat(config("nodes: [{name: \"null\", host: b}]").nodes().get(0).name())
                .isEqualTo("null");
    }
}
