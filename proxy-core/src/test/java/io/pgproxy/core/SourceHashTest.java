package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SourceHashTest {
    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE})
    void unitIsBetweenZeroAndOneAndNeither(long bits) {
        assertThat(SourceHash.unit(bits)).isGreaterThan(0).isLessThan(1);
    }
}
