package io.pgproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IpTextTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.1",
        "::, ::",
        "::1, ::1",
        "2001:DB8:0:0:0:0:0:10, 2001:db8::10",
        "2001:db8:1::, 2001:db8:1::",
        "2001:0:0:1:0:0:0:1, 2001::1:0:0:0:1",
        "1:0:2:3:4:5:6:7, 1:0:2:3:4:5:6:7"
    })
    void writesAnAddressInOneWay(String given, String written) throws UnknownHostException {
        assertThat(IpText.of(InetAddress.getByName(given))).isEqualTo(written);
    }
}
