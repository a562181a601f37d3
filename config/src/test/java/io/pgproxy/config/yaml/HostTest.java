package io.pgproxy.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproxy.config.yaml.Syntax.Unreadable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "192.168.50.21",
                "::1",
                "2001:db8::10.0.0.1",
                "localhost",
                "pg-102.example.org",
                "pg102.example.org.",
                "db_1",
                "1and1.example",
                "3com"
            })
    void takesNamesAndAddresses(String host) throws Unreadable {
        assertThat(new Host().parse(host)).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a b",
                "192.168.50.256",
                "192.168.50",
                "5432",
                "010.0.0.1",
                "-a",
                "a-",
                "a..b",
                ".",
                "*",
                "fe80::1%eth0",
                "1::2::3",
                "zz::1",
                "http://db1",
                "user@db1"
            })
    void refusesEverythingElse(String host) {
        assertThatThrownBy(() -> new Host().parse(host))
                .isInstanceOf(Unreadable.class)
                .hasMessage("'" + host + "' is not a host name or an IP address");
    }

    @Test
    void refusesALabelOf64Characters() {
        assertThatThrownBy(() -> new Host().parse("a".repeat(64))).isInstanceOf(Unreadable.class);
    }

    @Test
    void refusesANameOf254Characters() {
        assertThatThrownBy(() -> new Host().parse("a.".repeat(126) + "aa")).isInstanceOf(Unreadable.class);
    }

    @Test
    void saysWhereAPortBelongs() {
        assertThatThrownBy(() -> new Host().parse("db1:5432"))
                .hasMessage("'db1:5432' holds a port; write the host here and the port under 'port'");
    }

    @Test
    void saysThatBracketsDontBelong() {
        assertThatThrownBy(() -> new Host().parse("[::1]"))
                .hasMessage("'[::1]' holds brackets; write an IPv6 address without them here");
    }
}
