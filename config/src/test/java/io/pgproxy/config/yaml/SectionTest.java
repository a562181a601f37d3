package io.pgproxy.config.yaml;

import static io.pgproxy.config.yaml.Parsing.NODES;
import static io.pgproxy.config.yaml.Parsing.config;
import static io.pgproxy.config.yaml.Parsing.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.AdminConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

class SectionTest {
    @Test
    void guessesWhichKeyWasMeant() {
        assertThat(problems("health:\n  intervall: 1s" + NODES))
                .containsExactly("line 2: health.intervall: unknown key; did you mean interval?");
    }

    @Test
    void listsTheKeysWhereNoneIsNear() {
        assertThat(problems("admin: {password: x}" + NODES))
                .containsExactly("line 1: admin.password: unknown key; known here: bind, socket");
    }

    @Test
    void escapesAKeyForTheTerminal() {
        assertThat(problems("\"\\e[2J\": 1" + NODES)).singleElement().asString().startsWith("line 1: \\u001b[2J: ");
    }

    @Test
    void cutsALongValue() {
        assertThat(problems("admin: {bind: " + "x".repeat(1000) + "}" + NODES))
                .containsExactly("line 1: admin.bind: '" + "x".repeat(60)
                        + "...' is not an address and a port; write *:5432, 10.0.0.1:5432 or [::1]:5432");
    }

    @Test
    void refusesAListForAValue() {
        assertThat(problems("hold: [1s]" + NODES)).containsExactly("line 1: hold: takes one value, but has a list");
    }

    @Test
    void refusesKeysForAValue() {
        assertThat(problems("hold: {time: 1s}" + NODES))
                .containsExactly("line 1: hold: takes one value, but has keys and values");
    }

    @Test
    void refusesAKeyWithoutItsValue() {
        assertThat(problems("hold:" + NODES)).containsExactly("line 1: hold: has no value; write one, or leave it out");
    }

    @Test
    void refusesNullForAValue() {
        assertThat(problems("hold: ~" + NODES))
                .containsExactly("line 1: hold: has no value; write one, or leave it out");
    }

    @Test
    void refusesAValueForKeys() {
        assertThat(problems("admin: \"*:7000\"" + NODES))
                .containsExactly("line 1: admin: takes keys and values, but has the text '*:7000'");
    }

    @Test
    void refusesAListForKeys() {
        assertThat(problems("health: [1s]" + NODES))
                .containsExactly("line 1: health: takes keys and values, but has a list");
    }

    @Test
    void refusesKeysForAList() {
        assertThat(problems("nodes: {name: pg102}"))
                .containsExactly("line 1: nodes: takes a list, but has keys and values");
    }

    @Test
    void refusesNothingForAList() {
        assertThat(problems("listeners:" + NODES)).containsExactly("line 1: listeners: takes a list, but has none");
    }

    @Test
    void refusesAValueWithinAListOfKeys() {
        assertThat(problems("nodes:\n- pg102\n"))
                .containsExactly("line 2: nodes[0]: takes keys and values, but has the text 'pg102'");
    }

    @Test
    void takesAGroupWhoseKeysAreAllCommentedOut() {
        assertThat(config("admin:\n  # bind: \"*:7001\"" + NODES).admin()).isEqualTo(AdminConfig.DEFAULTS);
    }

    @Test
    void tellsEverythingAtOnceInTheOrderOfTheLines() {
        assertThat(problems("hold: 1\nhealth: {rise: 0}\nadmin: {bind: x}\nnodes: []\n"))
                .extracting(problem -> problem.replaceAll("(line \\d+: \\S+):.*", "$1"))
                .isEqualTo(List.of("line 1: hold", "line 2: health.rise", "line 3: admin.bind", "line 4: nodes"));
    }

    @Test
    void stopsShowingAfterAHundred() {
        StringBuilder yaml = new StringBuilder("health:\n");
        for (int i = 0; i < 1000; i++) {
            yaml.append("  unknown").append(i).append(": 1\n");
        }

        assertThat(problems(yaml + NODES)).hasSize(101).last().isEqualTo("and 900 more problems, not shown");
    }
}
