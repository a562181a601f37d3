package io.pgproxy.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproxy.config.yaml.Syntax.Unreadable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizeSyntaxTest {
    @ParameterizedTest
    @CsvSource({
        "0B, 0",
        "8192B, 8192",
        "1kB, 1024",
        "16MB, 16777216",
        "1GB, 1073741824",
        "1TB, 1099511627776",
        "1024TB, 1125899906842624"
    })
    void countsIn1024s(String text, long bytes) throws Unreadable {
        assertThat(new SizeSyntax().parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MB", "1KB", "1Mb", "1M", "1MiB", "1 MB", "1.5MB", "-1B", "01B"})
    void refusesWhatPostgresqlRefuses(String text) {
        assertThatThrownBy(() -> new SizeSyntax().parse(text))
                .hasMessage("'" + text + "' is not a size; write 0B to 1024TB, with the unit B, kB, MB, GB or TB");
    }

    @Test
    void refusesANumberWithoutItsUnit() {
        assertThatThrownBy(() -> new SizeSyntax().parse("16"))
                .hasMessage("'16' has no unit; write 0B to 1024TB, with the unit B, kB, MB, GB or TB");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1025TB", "9223372036854775807TB", "99999999999999999999999B"})
    void refusesWhatIsOutOfRangeAndNeverOverflows(String text) {
        assertThatThrownBy(() -> new SizeSyntax().parse(text))
                .hasMessage("'" + text + "' is out of range; write 0B to 1024TB");
    }
}
