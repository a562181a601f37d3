package io.pgproxy.config.yaml;

import static io.pgproxy.config.yaml.Parsing.NODES;
import static io.pgproxy.config.yaml.Parsing.problems;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BindClaimsTest {
    @ParameterizedTest
    @CsvSource({
        "*:5432, *:5432",
        "*:5432, 10.0.0.1:5432",
        "10.0.0.1:5432, 0.0.0.0:5432",
        "10.0.0.1:5432, [::]:5432",
        "[::1]:5432, [0:0::1]:5432"
    })
    void refusesTwoListenersThatOverlap(String first, String second) {
        assertThat(problems(twoListeners(first, second)))
                .containsExactly("line 3: listeners[1].bind: %s overlaps listeners[0].bind (%s, line 2)"
                        .formatted(second, first));
    }

    @ParameterizedTest
    @CsvSource({"*:5432, *:5433", "10.0.0.1:5432, 10.0.0.2:5432", "10.0.0.1:5432, [::1]:5432"})
    void takesTwoListenersThatDoNot(String first, String second) {
        assertThat(problems(twoListeners(first, second))).isEmpty();
    }

    @Test
    void refusesAnAdminPortThatOverlapsADefaultListener() {
        assertThat(problems("admin: {bind: \"10.0.0.1:5433\"}" + NODES))
                .containsExactly("line 1: admin.bind: 10.0.0.1:5433 overlaps listeners[1].bind (*:5433, the default)");
    }

    @Test
    void refusesAListenerThatOverlapsTheDefaultAdminPort() {
        assertThat(problems("listeners:\n- {name: a, bind: \"*:7000\", route: primary}" + NODES))
                .containsExactly("line 2: listeners[0].bind: *:7000 overlaps admin.bind (*:7000, the default)");
    }

    private static String twoListeners(String first, String second) {
        return """
                listeners:
                - {name: a, bind: "%s", route: primary}
                - {name: b, bind: "%s", route: primary}
                """
                        .formatted(first, second)
                + NODES;
    }
}
