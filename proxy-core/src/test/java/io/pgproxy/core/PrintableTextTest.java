package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PrintableTextTest {
    @Test
    void plainTextStays() {
        assertThat(PrintableText.of("größer als \"je\" zuvor")).isEqualTo("größer als \"je\" zuvor");
    }

    @ParameterizedTest
    @CsvSource({"10,\\u000A", "13,\\u000D", "0,\\u0000", "27,\\u001B", "127,\\u007F", "133,\\u0085"})
    void controlCharactersAreShownAsNumbers(int character, String shown) {
        assertThat(PrintableText.of("a" + (char) character + "b")).isEqualTo("a" + shown + "b");
    }

    @ParameterizedTest
    @CsvSource({"8232,\\u2028", "8233,\\u2029", "8238,\\u202E", "8203,\\u200B", "65279,\\uFEFF"})
    void charactersThatBreakOrTurnALineAreShownAsNumbers(int character, String shown) {
        assertThat(PrintableText.of("a" + (char) character + "b")).isEqualTo("a" + shown + "b");
    }

    @ParameterizedTest
    @CsvSource({"55296,\\uD800", "57344,\\uE000", "888,\\u0378"})
    void charactersThatAreNoneAreShownAsNumbers(int character, String shown) {
        assertThat(PrintableText.of("a" + (char) character + "b")).isEqualTo("a" + shown + "b");
    }

    @Test
    void twoHundredCharactersStay() {
        assertThat(PrintableText.of("x".repeat(200))).isEqualTo("x".repeat(200));
    }

    @Test
    void longerTextIsCut() {
        assertThat(PrintableText.of("x".repeat(201))).isEqualTo("x".repeat(200) + "...");
    }

    @Test
    void whoExpectsLongTextGetsIt() {
        assertThat(PrintableText.of("x".repeat(1_000), 999)).isEqualTo("x".repeat(999) + "...");
    }
}
