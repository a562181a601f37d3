package io.pgproxy.config.yaml;

import static io.pgproxy.config.yaml.Parsing.NODES;
import static io.pgproxy.config.yaml.Parsing.config;
import static io.pgproxy.config.yaml.Parsing.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.HealthConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HealthKeysTest {
    @Test
    void readsEveryKey() {
        assertThat(config("health: {interval: 3s, fast-interval: 200ms, timeout: 4s, rise: 2, fall: 5,"
                                + " stale-after: 1m}" + NODES)
                        .health())
                .isEqualTo(new HealthConfig(
                        Duration.ofSeconds(3),
                        Duration.ofMillis(200),
                        Duration.ofSeconds(4),
                        2,
                        5,
                        Duration.ofMinutes(1)));
    }

    @Test
    void refusesWhatIsOutOfRange() {
        assertThat(problems(
                        """
                        health:
                          interval: 99ms
                          fast-interval: 9ms
                          timeout: 61s
                          rise: 0
                          fall: 101
                          stale-after: 2h
                        """
                                + NODES))
                .containsExactly(
                        "line 2: health.interval: '99ms' is out of range; write 100ms to 1m",
                        "line 3: health.fast-interval: '9ms' is out of range; write 10ms to 1m",
                        "line 4: health.timeout: '61s' is out of range; write 50ms to 1m",
                        "line 5: health.rise: '0' is out of range; write 1 to 100",
                        "line 6: health.fall: '101' is out of range; write 1 to 100",
                        "line 7: health.stale-after: '2h' is out of range; write 150ms to 1h");
    }

    @Test
    void refusesAFastIntervalThatIsSlower() {
        assertThat(problems("health: {fast-interval: 2s}" + NODES))
                .containsExactly("line 1: health.fast-interval: 2s is longer than interval, 1s");
    }

    @Test
    void refusesAStaleAfterThatOneSlowAnswerExceeds() {
        assertThat(problems("health: {stale-after: 2s}" + NODES))
                .containsExactly("line 1: health.stale-after: stale-after (2s) is shorter than interval and timeout"
                        + " together (1s + 2s); one slow answer would stop new sessions");
    }

    @Test
    void blamesTheTimeoutThatExceedsADefaultStaleAfter() {
        assertThat(problems("health:\n  fall: 1\n  timeout: 20s" + NODES))
                .containsExactly("line 3: health.timeout: stale-after (10s) is shorter than interval and timeout"
                        + " together (1s + 20s); one slow answer would stop new sessions");
    }

    @Test
    void comparesNothingThatCouldNotBeRead() {
        assertThat(problems("health: {interval: 5, fast-interval: 3s}" + NODES))
                .containsExactly("line 1: health.interval: '5' has no unit;"
                        + " write 100ms to 1m, with the unit ms, s, m or h");
    }
}
