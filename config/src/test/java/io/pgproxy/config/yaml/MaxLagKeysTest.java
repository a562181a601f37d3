package io.pgproxy.config.yaml;

import static io.pgproxy.config.yaml.Parsing.NODES;
import static io.pgproxy.config.yaml.Parsing.config;
import static io.pgproxy.config.yaml.Parsing.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.MaxLag;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaxLagKeysTest {
    private static final Optional<Duration> HALF_A_MINUTE = Optional.of(Duration.ofSeconds(30));
    private static final OptionalLong TWO_MEBIBYTES = OptionalLong.of(2 * 1024 * 1024);

    @Test
    void readsNone() {
        assertThat(maxLag("none")).isEqualTo(MaxLag.NONE);
    }

    @Test
    void readsASize() {
        assertThat(maxLag("2MB")).isEqualTo(new MaxLag(TWO_MEBIBYTES, Optional.empty()));
    }

    @Test
    void readsADuration() {
        assertThat(maxLag("30s")).isEqualTo(new MaxLag(OptionalLong.empty(), HALF_A_MINUTE));
    }

    @Test
    void readsBoth() {
        assertThat(maxLag("{bytes: 2MB, time: 30s}")).isEqualTo(new MaxLag(TWO_MEBIBYTES, HALF_A_MINUTE));
    }

    @Test
    void readsOneOfBoth() {
        assertThat(maxLag("{time: 30s}")).isEqualTo(new MaxLag(OptionalLong.empty(), HALF_A_MINUTE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"much", "16", "16M", "1.5MB", "off", "30 s", "-1MB"})
    void refusesWhatIsNeitherASizeNorADuration(String text) {
        assertThat(problems(yaml(text)))
                .containsExactly("line 1: listeners[0].max-lag: '" + text
                        + "' is not a lag; write none, a size such as 16MB, a duration such as 30s, or both");
    }

    @Test
    void refusesASizeThatIsSpelledInAnotherWay() {
        assertThat(problems(yaml("16KB")))
                .containsExactly("line 1: listeners[0].max-lag: '16KB' is not a size;"
                        + " write 0B to 1024TB, with the unit B, kB, MB, GB or TB");
    }

    @Test
    void refusesADurationOutOfRange() {
        assertThat(problems(yaml("25h")))
                .containsExactly("line 1: listeners[0].max-lag: '25h' is out of range; write 100ms to 24h");
    }

    @Test
    void refusesAnEmptyGroup() {
        assertThat(problems(yaml("{}")))
                .containsExactly("line 1: listeners[0].max-lag: has neither bytes nor time;"
                        + " write one or both, or none instead of the group");
    }

    @Test
    void refusesABadSizeWithinAGroup() {
        assertThat(problems(yaml("{bytes: 30s}")))
                .containsExactly("line 1: listeners[0].max-lag.bytes: '30s' is not a size;"
                        + " write 0B to 1024TB, with the unit B, kB, MB, GB or TB");
    }

    @Test
    void refusesAnUnknownKeyWithinAGroup() {
        assertThat(problems(yaml("{bytes: 1MB, times: 30s}")))
                .containsExactly("line 1: listeners[0].max-lag.times: unknown key; did you mean time?");
    }

    private static MaxLag maxLag(String text) {
        return config(yaml(text)).listeners().get(0).reads().maxLag();
    }

    private static String yaml(String text) {
        return "listeners: [{name: a, bind: \"*:1\", route: replica, max-lag: " + text + "}]" + NODES;
    }
}
