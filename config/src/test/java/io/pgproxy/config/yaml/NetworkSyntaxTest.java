package io.pgproxy.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproxy.config.yaml.Syntax.Unreadable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkSyntaxTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.0/8",
                "0.0.0.0/0",
                "10.1.2.3/32",
                "192.168.50.128/25",
                "2001:db8::/32",
                "::/0",
                "::1/128",
                "fe80::/10",
                "1:0:2:3:4:5:6:7/128"
            })
    void readsWhatANetworkPrints(String text) throws Unreadable {
        assertThat(new NetworkSyntax().parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource({"10.1.2.3, 10.1.2.3/32", "2001:DB8:0::1, 2001:db8::1/128"})
    void readsAnAddressAsANetworkOfOne(String text, String network) throws Unreadable {
        assertThat(new NetworkSyntax().parse(text)).hasToString(network);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/8",
                "db1",
                "db1/8",
                "localhost",
                "10.0.0/8",
                "10.0.0.256",
                "010.0.0.0/8",
                "10",
                "[::1]",
                "[::1]/128",
                "fe80::1%eth0",
                "1::2::3",
                "*",
                "10.0.0.0 /8",
                "all"
            })
    void refusesWhatIsNotANetwork(String text) {
        assertThatThrownBy(() -> new NetworkSyntax().parse(text))
                .hasMessage("'" + text + "' is not a network; write 10.0.0.0/8, 2001:db8::/32"
                        + " or an address such as 10.1.2.3");
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.0/33, 33, 32", "::/129, 129, 128", "10.0.0.0/-1, -1, 32"})
    void refusesAPrefixThatIsTooLong(String text, String prefix, int most) {
        assertThatThrownBy(() -> new NetworkSyntax().parse(text))
                .hasMessage("the prefix '" + prefix + "' is out of range; write 0 to " + most);
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.0/, ''", "10.0.0.0/255.0.0.0, 255.0.0.0", "10.0.0.0/08, 08", "10.0.0.0/8/8, 8/8"})
    void refusesAPrefixThatIsNoNumber(String text, String prefix) {
        assertThatThrownBy(() -> new NetworkSyntax().parse(text))
                .hasMessage("the prefix '" + prefix + "' is not a whole number; write 0 to 32");
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3/8, 10.0.0.0/8, 10.1.2.3",
        "10.0.0.1/31, 10.0.0.0/31, 10.0.0.1",
        "1.0.0.0/0, 0.0.0.0/0, 1.0.0.0",
        "2001:db8::1/32, 2001:db8::/32, 2001:db8::1"
    })
    void saysWhichNetworkIsMeantWhereBitsAreSetBehindThePrefix(String text, String network, String address) {
        assertThatThrownBy(() -> new NetworkSyntax().parse(text))
                .hasMessage("'" + text + "' has bits set behind its prefix; write " + network + " for the network, or "
                        + address + " for the address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"::ffff:10.0.0.0/104", "::ffff:10.1.2.3", "::ffff:0:0/96"})
    void refusesIpv4WithinIpv6WhichNoClientComesFrom(String text) {
        assertThatThrownBy(() -> new NetworkSyntax().parse(text))
                .hasMessage("'" + text + "' is IPv4 within IPv6; write it as IPv4, such as 10.0.0.0/8");
    }
}
