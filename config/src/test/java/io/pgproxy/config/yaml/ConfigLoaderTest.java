package io.pgproxy.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.yaml.LoadResult.Loaded;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
    @TempDir
    Path folder;

    @Test
    void loadsAFile() throws IOException {
        assertThat(ConfigLoader.load(written(Parsing.NODES))).isInstanceOf(Loaded.class);
    }

    @Test
    void startsRelativePathsFromTheFoldersOfTheFile() throws IOException {
        Path ca = Files.writeString(folder.resolve("ca.pem"), "");

        Loaded loaded =
                (Loaded) ConfigLoader.load(written("patroni: {scheme: https, ca-file: ca.pem}" + Parsing.NODES));

        assertThat(loaded.config().patroni().caFile()).contains(ca);
    }

    @Test
    void saysThatAFileDoesNotExist() {
        Path file = folder.resolve("pgproxy.yml");

        assertThat(Parsing.problems(ConfigLoader.load(file)))
                .containsExactly("'" + file + "' can't be read: there is no such file");
    }

    @Test
    void saysThatAFileIsAFolder() {
        assertThat(Parsing.problems(ConfigLoader.load(folder)))
                .singleElement()
                .asString()
                .endsWith("it is a folder");
    }

    @Test
    void refusesMoreThanOneMebibyte() throws IOException {
        Path file = written(Parsing.NODES + "#".repeat(1 << 20));

        assertThat(Parsing.problems(ConfigLoader.load(file))).containsExactly("the file is larger than 1 MiB");
    }

    @Test
    void refusesBytesThatAreNotUtf8() throws IOException {
        Path file = Files.write(
                folder.resolve("latin1.yml"), "hold: 1s\n# B\u00FCro\n".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(Parsing.problems(ConfigLoader.load(file))).containsExactly("line 2: not UTF-8 text: byte 0xFC");
    }

    @Test
    void refusesUtf8ThatIsCutOff() throws IOException {
        Path file = Files.write(folder.resolve("cut.yml"), new byte[] {'#', (byte) 0xC3});

        assertThat(Parsing.problems(ConfigLoader.load(file))).containsExactly("line 1: not UTF-8 text: byte 0xC3");
    }

    @Test
    void refusesUtf16() throws IOException {
        Path file = Files.write(folder.resolve("utf16.yml"), Parsing.NODES.getBytes(StandardCharsets.UTF_16));

        assertThat(Parsing.problems(ConfigLoader.load(file))).containsExactly("line 1: not UTF-8 text: byte 0xFE");
    }

    @Test
    void passesOverAByteOrderMark() {
        assertThat(Parsing.problems("\uFEFFhold: 1s" + Parsing.NODES)).isEmpty();
    }

    @Test
    void showsAByteOrderMarkThatStandsElsewhere() {
        assertThat(Parsing.problems("hold: 1s\n\uFEFFadmin: {}" + Parsing.NODES))
                .containsExactly("line 2: \\ufeffadmin: unknown key; did you mean admin?");
    }

    @Test
    void refusesControlCharacters() {
        assertThat(Parsing.problems("hold: 1s\n# \u001B[2J"))
                .containsExactly("line 2: the character U+001B is not allowed in YAML");
    }

    @Test
    void understandsWindowsLineEnds() {
        assertThat(Parsing.problems("hold: 1s\r\nadmin: {}\r\nnodes:\r\n- {name: a, host: b, prt: 1}\r\n"))
                .containsExactly("line 4: nodes[0].prt: unknown key; did you mean port?");
    }

    private Path written(String text) throws IOException {
        return Files.writeString(folder.resolve("pgproxy.yml"), text);
    }
}
