package io.pgproxy.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproxy.config.UnitText;
import io.pgproxy.config.yaml.Syntax.Unreadable;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationSyntaxTest {
    private static final DurationSyntax SYNTAX = new DurationSyntax(Duration.ofMillis(100), Duration.ofHours(2));

    @ParameterizedTest
    @CsvSource({"100ms, PT0.1S", "1s, PT1S", "5m, PT5M", "2h, PT2H", "7200s, PT2H"})
    void readsEveryUnit(String text, Duration duration) throws Unreadable {
        assertThat(SYNTAX.parse(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "s", "1 s", "1.5s", "-1s", "+1s", "01s", "1sec", "1S", "1d", "1us", "PT1S", "1s ", "\u0661s"
            })
    void refusesEveryOtherForm(String text) {
        assertThatThrownBy(() -> SYNTAX.parse(text))
                .hasMessage("'" + text + "' is not a duration; write 100ms to 2h, with the unit ms, s, m or h");
    }

    @Test
    void refusesANumberWithoutItsUnit() {
        assertThatThrownBy(() -> SYNTAX.parse("10"))
                .hasMessage("'10' has no unit; write 100ms to 2h, with the unit ms, s, m or h");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "99ms", "7201s", "3h", "9223372036854775807h", "99999999999999999999999ms"})
    void refusesWhatIsOutOfRangeAndNeverOverflows(String text) {
        assertThatThrownBy(() -> SYNTAX.parse(text)).hasMessage("'" + text + "' is out of range; write 100ms to 2h");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "1ms", "1500ms", "90s", "1m", "90m", "24h"})
    void printsTheLargestUnitThatIsExact(String text) throws Unreadable {
        assertThat(UnitText.of(new DurationSyntax(Duration.ZERO, Duration.ofDays(1)).parse(text)))
                .isEqualTo(text);
    }
}
