package io.pgproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitTextTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0s",
        "100, 100ms",
        "1500, 1500ms",
        "1000, 1s",
        "90000, 90s",
        "600000, 10m",
        "5400000, 90m",
        "7200000, 2h"
    })
    void durationsHaveTheLargestUnitThatIsExact(long millis, String text) {
        assertThat(UnitText.of(Duration.ofMillis(millis))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0B", "1, 1B", "1025, 1025B", "1024, 1kB", "16777216, 16MB", "3221225472, 3GB", "1099511627776, 1TB"
    })
    void sizesHaveTheLargestUnitThatIsExact(long bytes, String text) {
        assertThat(UnitText.ofBytes(bytes)).isEqualTo(text);
    }

    @Test
    void thereIsNoUnitBeyondTheLargest() {
        assertThat(UnitText.ofBytes(1L << 50)).isEqualTo("1024TB");
    }
}
