package io.pgproxy.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproxy.config.yaml.Syntax.Unreadable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BindTest {
    @ParameterizedTest
    @ValueSource(strings = {"*:5432", "10.0.0.1:5432", "[::1]:5432", "0.0.0.0:1", "[::]:65535"})
    void readsWhatABindAddressPrints(String text) throws Unreadable {
        assertThat(new Bind().parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5432", "*", "::1:5432", "[::1]", "1:2:3", "", "[::1]5432"})
    void refusesWhatIsNotAnAddressAndAPort(String text) {
        assertThatThrownBy(() -> new Bind().parse(text))
                .hasMessage("'" + text + "' is not an address and a port; write *:5432, 10.0.0.1:5432 or [::1]:5432");
    }

    @ParameterizedTest
    @ValueSource(strings = {"db1", "", "localhost", "10.0.0.256", "[*]", "[10.0.0.1]", "[db1]"})
    void refusesANameForAnAddress(String host) {
        assertThatThrownBy(() -> new Bind().parse(host + ":5432"))
                .hasMessage("'" + host.replaceAll("[\\[\\]]", "")
                        + "' is not an address of this machine; write *:5432, 10.0.0.1:5432 or [::1]:5432");
    }

    @Test
    void refusesAPortOutOfRange() {
        assertThatThrownBy(() -> new Bind().parse("*:0")).hasMessage("the port '0' is out of range; write 1 to 65535");
    }

    @Test
    void refusesAPortThatIsNoNumber() {
        assertThatThrownBy(() -> new Bind().parse("*:postgresql"))
                .hasMessage("the port 'postgresql' is not a whole number; write 1 to 65535");
    }
}
