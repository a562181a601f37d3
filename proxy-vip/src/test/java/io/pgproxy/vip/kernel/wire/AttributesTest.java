package io.pgproxy.vip.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttributesTest {
    private static Attributes read(String hex) {
        return Attributes.read(Bytes.buffer(hex)).orElseThrow();
    }

    @Test
    void findsOneAmongOthers() {
        Attributes attributes = read("0500 0b00 70 000000  0800 0400 dc050000  0400 3700");

        assertThat(attributes.value(4).map(ByteBuffer::getInt)).contains(1500);
        assertThat(attributes.value(5)).isEmpty();
    }

    @Test
    void theUpperBitsAreNotPartOfTheType() {
        assertThat(read("0800 04c0 dc050000").value(4)).isPresent();
    }

    @Test
    void theLastOfATypeCounts() {
        assertThat(read("0500 0100 01 000000 0500 0100 02").value(1).map(ByteBuffer::get))
                .contains((byte) 2);
    }

    @Test
    void oneOfAnotherLengthIsNone() {
        assertThat(read("0800 0100 c0a8320a").value(1, 16)).isEmpty();
    }

    @Test
    void textEndsAtItsNul() {
        assertThat(read("0900 0300 65746830 00").text(3, 15)).contains("eth0");
    }

    @Test
    void textIsPrintableAndNotTooLong() {
        assertThat(read("0c00 0300 1b5b6d0a6161 6161").text(3, 6)).contains("?[m?aa");
    }

    @Test
    void textThatIsNotUtf8IsStillText() {
        assertThat(read("0800 0300 fffe6162").text(3, 15).map(String::length)).contains(4);
    }

    @ParameterizedTest
    @CsvSource({
        "half a header,              0400",
        "shorter than its header,    0300 0100",
        "of no length,               0000 0100 00000000",
        "longer than what there is,  0900 0100 c0a8320a",
        "the longest,                ffff 0100 c0a8320a",
        "followed by half a header,  0800 0100 c0a8320a 0400",
    })
    void bytesAreNotTrustedWithAnAttribute(String what, String hex) {
        assertThat(Attributes.read(Bytes.buffer(hex))).as(what).isEqualTo(Optional.empty());
    }
}
