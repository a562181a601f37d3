package io.pgproxy.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NearestKeyTest {
    private static final List<String> KEYS = List.of("bind", "max", "max-lag", "max-parked", "fast-interval");

    @ParameterizedTest
    @CsvSource({
        "bnid, bind",
        "maxlag, max-lag",
        "max_lag, max-lag",
        "MAX-LAG, max-lag",
        "fastInterval, fast-interval",
        "fast-intervals, fast-interval",
        "max-park, max-parked"
    })
    void findsTheKeyThatWasMeant(String typed, String meant) {
        assertThat(NearestKey.to(typed, KEYS)).contains(meant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "password", "listen"})
    void doesNotGuessWildly(String typed) {
        assertThat(NearestKey.to(typed, KEYS)).isEmpty();
    }

    @Test
    void doesNotCompareAMebibyte() {
        assertThat(NearestKey.to("x".repeat(1 << 20), KEYS)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"kitten, sitting, 3", "ab, ba, 1", "abc, abc, 0", "abc, '', 3", "'', abc, 3"})
    void countsEdits(String from, String to, int edits) {
        assertThat(NearestKey.edits(from, to)).isEqualTo(edits);
    }
}
