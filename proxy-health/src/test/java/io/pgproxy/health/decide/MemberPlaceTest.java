package io.pgproxy.health.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.NodeConfig;
import io.pgproxy.config.NodeConfig.Scheme;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemberPlaceTest {
    private static final String API = "http://192.168.50.22:8008/patroni";

    private static MemberPlace place(String connUrl, String apiUrl) {
        return MemberPlace.of("pg103", connUrl, apiUrl);
    }

    private static NodeConfig node(String connUrl, String apiUrl) {
        MemberPlace place = place(connUrl, apiUrl);
        assertThat(place.trouble()).isEmpty();
        return place.node().orElseThrow();
    }

    @Test
    void isWherePatroniWritesIt() {
        assertThat(node("postgres://192.168.50.22:5432/postgres", API))
                .isEqualTo(new NodeConfig("pg103", "192.168.50.22", 5432, 8008, Scheme.HTTP, 100));
    }

    @Test
    void anAddressOfIpv6IsInBrackets() {
        assertThat(node("postgres://[fd00::22]:5433/postgres", "https://[fd00::22]:8009/patroni"))
                .isEqualTo(new NodeConfig("pg103", "fd00::22", 5433, 8009, Scheme.HTTPS, 100));
    }

    @Test
    void portsThatAreNotWrittenAreThoseOfTheProtocol() {
        assertThat(node("postgresql://db_3", "https://db_3").port()).isEqualTo(5432);
        assertThat(node("postgres://db_3/", "https://db_3").patroniPort()).isEqualTo(443);
        assertThat(node("postgres://db_3?a=b", "http://db_3/patroni").patroniPort())
                .isEqualTo(80);
    }

    /** Whoever answers there is whom sessions go to, and nobody else. */
    @Test
    void isAskedWhereItsPostgresqlIs() {
        assertThat(node("postgres://db3:5432/postgres", "http://somewhere.else:8009/patroni"))
                .isEqualTo(new NodeConfig("pg103", "db3", 5432, 8009, Scheme.HTTP, 100));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mysql://db3:5432/postgres",
                "postgres://user:secret@db3:5432/postgres",
                "postgres://db3:5432,db4:5432/postgres",
                "postgres://:5432/postgres",
                "postgres://db3:99999/postgres",
                "postgres://db3:0/postgres",
                "postgres://127.0.0.1:5432/postgres",
                "postgres://169.254.169.254:80/postgres",
                "postgres://[::1]:5432/postgres",
                "postgres://localhost:5432/postgres",
                "postgres://[db3]:5432/postgres",
                "postgres://db3 x:5432/postgres",
                "db3:5432",
            })
    void whatIsNoPlaceForADatabaseIsNotUsed(String connUrl) {
        MemberPlace place = place(connUrl, API);

        assertThat(place.node()).isEmpty();
        assertThat(place.trouble()).contains("conn_url");
    }

    @ParameterizedTest
    @CsvSource({"ftp://db3/patroni", "http://db3:99999/patroni", "http://db3:port/patroni", "file:///etc/passwd", "db3"
    })
    void whatIsNoPatroniIsNotAsked(String apiUrl) {
        MemberPlace place = place("postgres://db3:5432/postgres", apiUrl);

        assertThat(place.node()).isEmpty();
        assertThat(place.trouble()).contains("api_url");
    }

    @Test
    void aNameThatTheFileWouldNotTakeIsNoNodes() {
        assertThat(MemberPlace.of("pg 103", "postgres://db3:5432/postgres", API).node())
                .isEmpty();
    }

    @Test
    void aUrlWithoutEndIsNone() {
        assertThat(place("postgres://db3:5432/" + "x".repeat(1_000_000), API).node())
                .isEmpty();
    }

    @Test
    void whoSaysNothingIsNowhere() {
        assertThat(place("", "")).isEqualTo(MemberPlace.NOWHERE);
    }
}
