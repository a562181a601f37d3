package io.pgproxy.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PrintableTest {
    @Test
    void plainTextStays() {
        assertThat(Printable.text("größer als \"je\" zuvor")).isEqualTo("größer als \"je\" zuvor");
    }

    @ParameterizedTest
    @CsvSource({"10,\\x0a", "13,\\x0d", "0,\\x00", "27,\\x1b", "127,\\x7f", "133,\\x85"})
    void controlCharactersAreShownAsNumbers(int character, String shown) {
        assertThat(Printable.text("a" + (char) character + "b")).isEqualTo("a" + shown + "b");
    }

    @ParameterizedTest
    @CsvSource({"8232,\\x2028", "8233,\\x2029", "8238,\\x202e", "8203,\\x200b", "65279,\\xfeff"})
    void charactersThatBreakOrTurnALineAreShownAsNumbers(int character, String shown) {
        assertThat(Printable.text("a" + (char) character + "b")).isEqualTo("a" + shown + "b");
    }

    @Test
    void twoHundredCharactersStay() {
        assertThat(Printable.text("x".repeat(200))).isEqualTo("x".repeat(200));
    }

    @Test
    void longerTextIsCut() {
        assertThat(Printable.text("x".repeat(201))).isEqualTo("x".repeat(200) + "...");
    }
}
