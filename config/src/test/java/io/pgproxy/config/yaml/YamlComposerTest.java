package io.pgproxy.config.yaml;

import static io.pgproxy.config.yaml.Parsing.NODES;
import static io.pgproxy.config.yaml.Parsing.problems;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YamlComposerTest {
    @Test
    void refusesATab() {
        assertThat(problems("health:\n\tinterval: 1s\n"))
                .containsExactly("line 2: not YAML: a tab stands where only spaces are allowed");
    }

    @Test
    void saysWhereAnUnclosedQuoteWasOpened() {
        assertThat(problems("hold: \"1s\n\n\n"))
                .containsExactly(
                        "line 4: not YAML: found unexpected end of stream; what it belongs to begins in line 1");
    }

    @Test
    void saysThatAStrayCharacterNeedsQuotes() {
        assertThat(problems("hold: 1s\npatroni: {scope: @main}\n"))
                .containsExactly("line 2: not YAML: found character '@' that cannot start any token;"
                        + " put it in quotes if it is text");
    }

    @Test
    void saysThatAnUnquotedStarIsAnAlias() {
        assertThat(problems("admin:\n  bind: *:7000\n"))
                .containsExactly("line 2: not YAML: an unquoted * begins an alias;"
                        + " put an address in quotes, such as \"*:5432\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[::1]:7000", "[10.0.0.0/8, ::1]"})
    void saysThatAnUnquotedBracketIsAList(String address) {
        assertThat(problems("admin:\n  bind: " + address + "\n"))
                .containsExactly("line 2: not YAML: an unquoted [ begins a list; put an address in quotes,"
                        + " such as \"[::1]:5432\", also in a list: [\"::1\"]");
    }

    @Test
    void refusesWrongIndentation() {
        assertThat(problems("admin:\n  bind: \"*:7000\"\n hold: 1s\n"))
                .containsExactly("line 3: not YAML: expected <block end>, but found '<block mapping start>';"
                        + " what it belongs to begins in line 1");
    }

    @Test
    void refusesAnEscapeThatNoCharacterHas() {
        assertThat(problems("hold: \"\\Uffffffff\"\n"))
                .singleElement()
                .asString()
                .startsWith("not YAML: ");
    }

    @Test
    void refusesAnotherVersionOfYaml() {
        assertThat(problems("%YAML 2.0\n---\nhold: 1s\n"))
                .containsExactly("line 1: not YAML: found incompatible YAML document (version 1.* is required)");
    }

    @Test
    void refusesAKeyThatIsGivenTwice() {
        assertThat(problems("hold: 1s\nadmin: {}\nhold: 2s" + NODES))
                .containsExactly("line 3: hold: given twice, first in line 1");
    }

    @Test
    void refusesAKeyThatIsGivenTwiceFurtherDown() {
        assertThat(problems("nodes:\n- name: pg102\n  host: a\n  name: pg103\n"))
                .containsExactly("line 4: nodes[0].name: given twice, first in line 2");
    }

    @Test
    void refusesAnAlias() {
        assertThat(problems("hold: &time 1s\nhealth:\n  interval: *time" + NODES))
                .containsExactly("line 3: health.interval: YAML aliases are not supported;"
                        + " write the value out, or quote a text with *");
    }

    @Test
    void refusesAMergeKey() {
        assertThat(problems("admin:\n  <<: {bind: \"*:1\"}" + NODES))
                .containsExactly("line 2: admin.<<: unknown key; known here: bind, socket");
    }

    @Test
    void refusesATag() {
        assertThat(problems("hold: !!java.net.URL [http://localhost]" + NODES))
                .containsExactly("line 1: hold: YAML tags are not supported; remove 'tag:yaml.org,2002:java.net.URL'");
    }

    @Test
    void refusesATagOnTheWholeFile() {
        assertThat(problems("!config\nhold: 1s\n"))
                .containsExactly("line 1: YAML tags are not supported; remove '!config'");
    }

    @Test
    void refusesASecondDocument() {
        assertThat(problems("hold: 1s" + NODES + "---\nhold: 2s\n"))
                .containsExactly("line 3: a second document begins; a configuration file holds one");
    }

    @Test
    void refusesAListAsAKey() {
        assertThat(problems("? [a]\n: b" + NODES)).containsExactly("line 1: a key must be a plain word");
    }

    @Test
    void refusesAnEmptyKey() {
        assertThat(problems("admin: {\"\": 1}" + NODES)).containsExactly("line 1: admin: a key must be a plain word");
    }

    @Test
    void refusesWhatIsNestedTooDeeply() {
        assertThat(problems("a: [[[[[[[[[1]]]]]]]]]" + NODES))
                .containsExactly("line 1: a[0][0][0][0][0][0][0]: nested deeper than 8 levels");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[", "{", "- ", "? ", "!a [", "[]: ", "[? ", "a: {", "[],", "{},", "#", "x", "x ", "a,", "\"", "&a ",
                "\n", "--- a\n", "!!a ", "? a\n", "- a\n", "[a, ", "%a\n"
            })
    @Timeout(10)
    void staysQuickForAMebibyteOf(String text) {
        assertThat(problems(text.repeat((1 << 20) / text.length()))).isNotEmpty();
    }

    @Test
    void refusesAnEmptyFile() {
        assertThat(problems("")).containsExactly("line 1: the file is empty; it needs at least the list 'nodes'");
    }

    @Test
    void refusesAFileOfComments() {
        assertThat(problems("# nodes:\n"))
                .containsExactly("line 1: the file is empty; it needs at least the list 'nodes'");
    }

    @Test
    void refusesAFileThatIsAList() {
        assertThat(problems("- a\n"))
                .containsExactly("line 1: a configuration is keys and values, such as 'hold: 60s'");
    }

    @Test
    void refusesAFileThatIsAText() {
        assertThat(problems("nodes"))
                .containsExactly("line 1: a configuration is keys and values, such as 'hold: 60s'");
    }
}
