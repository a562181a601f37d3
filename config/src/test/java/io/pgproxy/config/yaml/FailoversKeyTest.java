package io.pgproxy.config.yaml;

import static io.pgproxy.config.yaml.Parsing.NODES;
import static io.pgproxy.config.yaml.Parsing.config;
import static io.pgproxy.config.yaml.Parsing.problems;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailoversKeyTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_000})
    void readsHowManyAreKept(int kept) {
        assertThat(config("failovers: " + kept + NODES).failovers()).isEqualTo(kept);
    }

    @Test
    void areAHundredWhereNothingIsSaid() {
        assertThat(config("hold: 60s" + NODES).failovers()).isEqualTo(100);
    }

    @Test
    void refusesWhatMemoryWouldNotBear() {
        assertThat(problems("failovers: 1001" + NODES))
                .containsExactly("line 1: failovers: '1001' is out of range; write 0 to 1000");
    }
}
