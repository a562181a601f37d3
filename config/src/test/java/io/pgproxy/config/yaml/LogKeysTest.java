package io.pgproxy.config.yaml;

import static io.pgproxy.config.yaml.Parsing.NODES;
import static io.pgproxy.config.yaml.Parsing.config;
import static io.pgproxy.config.yaml.Parsing.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.LogConfig;
import io.pgproxy.config.LogConfig.Format;
import io.pgproxy.config.LogConfig.Level;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogKeysTest {
    @ParameterizedTest
    @CsvSource({"json, error", "plain, warn", "json, info", "plain, debug"})
    void readsEveryKey(String format, String level) {
        assertThat(config("log: {format: " + format + ", level: " + level + "}" + NODES)
                        .log())
                .isEqualTo(new LogConfig(Format.valueOf(upper(format)), Level.valueOf(upper(level))));
    }

    @Test
    void isPlainAndBriefWhereNothingIsSaid() {
        assertThat(config("log: {}" + NODES).log()).isEqualTo(new LogConfig(Format.PLAIN, Level.INFO));
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThat(problems("log: {format: text, level: WARN, file: a}" + NODES))
                .containsExactly(
                        "line 1: log.format: 'text' is not known; write plain or json",
                        "line 1: log.level: 'WARN' is not known; write error or warn or info or debug",
                        "line 1: log.file: unknown key; known here: format, level");
    }

    private static String upper(String word) {
        return word.toUpperCase(Locale.ROOT);
    }
}
