package io.pgproxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParametersTest {
    @Test
    void areWhatIsBehindTheQuestionMark() throws Exception {
        Parameters parameters = Parameters.of("/path?node=pg%20102&limit=10");

        assertThat(parameters.text("node")).contains("pg 102");
        assertThat(parameters.number("limit", 1, 10)).hasValue(10);
        assertThat(parameters.text("more")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/path", "/path?", "http://host/path"})
    void mayBeNone(String target) throws Exception {
        Parameters.of(target).allowOnly(Set.of());
    }

    @Test
    void nameThatIsNotKnownIsRefused() throws Exception {
        Parameters parameters = Parameters.of("/path?node=a&nodes=b");

        assertThatThrownBy(() -> parameters.allowOnly(Set.of("node")))
                .isInstanceOf(Order.RefusedException.class)
                .hasMessage("what does 'nodes' mean?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "/path?node=a&node=b | 'node' is there more than once",
                "/path?node=%zz | what is behind the '?' is no list of parameters"
            })
    void whatCannotBeReadIsRefused(String target, String message) {
        assertThatThrownBy(() -> Parameters.of(target))
                .isInstanceOf(Order.RefusedException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "0 | '0'",
                "11 | '11'",
                "-1 | '-1'",
                "99999999999999999999 | '99999999999999999999'",
                "many | 'many'",
                "%1b[2J | '?[2J'"
            })
    void numberOutOfItsRangeIsRefused(String value, String shown) throws Exception {
        Parameters parameters = Parameters.of("/path?limit=" + value);

        assertThatThrownBy(() -> parameters.number("limit", 1, 10))
                .isInstanceOf(Order.RefusedException.class)
                .hasMessage("limit is a whole number from 1 to 10, not " + shown);
    }

    @Test
    void emptyValueIsRefused() throws Exception {
        Parameters parameters = Parameters.of("/path?limit=");

        assertThatThrownBy(() -> parameters.number("limit", 1, 10)).hasMessage("limit needs a value");
    }

    @Test
    void longNonsenseIsNotQuotedToItsEnd() throws Exception {
        Parameters parameters = Parameters.of("/path?" + "a".repeat(1_000) + "=1");

        assertThatThrownBy(() -> parameters.allowOnly(Set.of()))
                .hasMessage("what does '" + "a".repeat(40) + "...' mean?");
    }
}
