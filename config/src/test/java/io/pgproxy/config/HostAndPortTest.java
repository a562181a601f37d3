package io.pgproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostAndPortTest {
    @ParameterizedTest
    @CsvSource({"pg102, pg102:5432", "10.0.0.1, 10.0.0.1:5432", "::1, [::1]:5432", "*, *:5432"})
    void anIpv6AddressStandsInBrackets(String host, String text) {
        assertThat(HostAndPort.text(host, 5432)).isEqualTo(text);
    }
}
