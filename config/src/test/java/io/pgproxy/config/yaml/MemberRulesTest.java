package io.pgproxy.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemberRulesTest {
    @ParameterizedTest
    @ValueSource(strings = {"pg102", "192.168.50.21", "fd00::21", "pg_1.db.example"})
    void aHostOfTheNetworkIsFine(String host) {
        assertThat(MemberRules.objectionToHost(host)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "::1",
                "::ffff:127.0.0.1",
                "0.0.0.0",
                "::",
                "169.254.169.254",
                "fe80::1",
                "224.0.0.1",
                "ff02::1",
                "255.255.255.255",
                "localhost",
                "LocalHost.",
                "pg.localhost"
            })
    void anAddressThatIsSomebodyElseForEverybodyIsNobodys(String host) {
        assertThat(MemberRules.objectionToHost(host))
                .get()
                .asString()
                .endsWith("means another machine to each that reads it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "db1,db2", "user@db1", "[fd00::1]", "192.168.50.256", "\u001b[2J"})
    void whatIsNoHostIsRefused(String host) {
        assertThat(MemberRules.objectionToHost(host)).isPresent();
    }

    @Test
    void whatIsQuotedIsSafeToPrint() {
        assertThat(MemberRules.objectionToHost("\u001b[2J").orElseThrow()).contains("\\u001b");
    }

    @Test
    void aNameIsWhatTheFileTakesForOne() {
        assertThat(MemberRules.objectionToName("pg102")).isEmpty();
        assertThat(MemberRules.objectionToName("pg 102")).isPresent();
    }

    @Test
    void aPortIsWhatTheFileTakesForOne() {
        assertThat(MemberRules.objectionToPort("5432")).isEmpty();
        assertThat(MemberRules.objectionToPort("0")).isPresent();
        assertThat(MemberRules.objectionToPort("65536")).isPresent();
    }

    @Test
    void aHostIsTheSameInEverySpelling() {
        assertThat(MemberRules.isSameHost("PG102.", "pg102")).isTrue();
        assertThat(MemberRules.isSameHost("fd00:0::21", "fd00::21")).isTrue();
        assertThat(MemberRules.isSameHost("pg102", "pg103")).isFalse();
    }
}
