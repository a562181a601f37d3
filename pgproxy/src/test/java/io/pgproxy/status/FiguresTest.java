package io.pgproxy.status;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
    @ParameterizedTest
    @CsvSource({"0, 0s", "59.9, 59s", "60, 1m 0s", "3599, 59m 59s", "3600, 1h 0m", "86399, 23h 59m", "90000, 1d 1h"})
    void showsTheLargestTwoUnits(double seconds, String text) {
        assertThat(Figures.duration(seconds)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        ", -",
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1.0 kB",
        "16384, 16 kB",
        "1572864, 1.5 MB",
        "9223372036854775807, 8192 PB"
    })
    void countsBytesLikePostgres(Long bytes, String text) {
        assertThat(Figures.bytes(bytes)).isEqualTo(text);
    }
}
