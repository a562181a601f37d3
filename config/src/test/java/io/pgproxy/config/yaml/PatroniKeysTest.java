package io.pgproxy.config.yaml;

import static io.pgproxy.config.yaml.Parsing.NODES;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.DiscoveryConfig;
import io.pgproxy.config.NodeConfig.Scheme;
import io.pgproxy.config.PatroniConfig;
import io.pgproxy.config.PatroniStoreConfig;
import io.pgproxy.config.yaml.LoadResult.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PatroniKeysTest {
    @TempDir
    Path folder;

    private Path pem;

    @BeforeEach
    void writesAFile() throws IOException {
        pem = Files.writeString(folder.resolve("a.pem"), "");
    }

    @Test
    void readsEveryKey() {
        String yaml =
                "patroni: {scope: main, scheme: https, ca-file: a.pem, certificate-file: a.pem, key-file: %s, verify-host: false}"
                        .formatted(pem);

        assertThat(((Loaded) ConfigLoader.parse(yaml + NODES, folder)).config().patroni())
                .isEqualTo(new PatroniConfig(
                                Optional.of("main"), Optional.of(pem), Optional.of(pem), Optional.of(pem), false)
                        .withStore(new PatroniStoreConfig(
                                true,
                                Duration.ofSeconds(5),
                                "/service/",
                                OptionalInt.empty(),
                                new DiscoveryConfig(Scheme.HTTPS, DiscoveryConfig.DEFAULTS.stateFile()))));
    }

    @Test
    void readsWhereTheKeysAre() {
        assertThat(Parsing.config("patroni: {watch: false, announce-hold: 0s, namespace: /db, group: 0}" + NODES)
                        .patroni()
                        .store())
                .isEqualTo(new PatroniStoreConfig(false, Duration.ZERO, "/db/", OptionalInt.of(0)));
    }

    @Test
    void readsHowNodesAreFound() {
        assertThat(Parsing.config("patroni: {scheme: https, state-file: /srv/nodes.json}" + NODES)
                        .patroni()
                        .store()
                        .discovery())
                .isEqualTo(new DiscoveryConfig(Scheme.HTTPS, Path.of("/srv/nodes.json")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nodes.json", "/srv/", "\"/a\\0\""})
    void refusesAStateFileThatIsNoPathFromTheRoot(String path) {
        assertThat(problems("patroni: {state-file: " + path + "}"))
                .singleElement()
                .asString()
                .contains("patroni.state-file: ")
                .endsWith("is not the path of a file; write one from the root, as /var/lib/pgproxy/nodes.json");
    }

    @Test
    void aNamespaceIsTheSameWithAndWithoutSlashes() {
        for (String namespace : List.of("db/one", "/db/one", "db/one/", "/db/one/")) {
            assertThat(Parsing.config("patroni: {namespace: " + namespace + "}" + NODES)
                            .patroni()
                            .store()
                            .prefix("main"))
                    .isEqualTo("/db/one/main/");
        }
    }

    @Test
    void theKeysOfAGroupAreBelowTheirCluster() {
        assertThat(new PatroniStoreConfig(true, Duration.ZERO, "/", OptionalInt.of(2)).prefix("main"))
                .isEqualTo("/main/2/");
    }

    @Test
    void refusesANamespaceWithAHole() {
        assertThat(problems("patroni: {namespace: //}"))
                .singleElement()
                .asString()
                .startsWith("line 1: patroni.namespace: '//' is not a namespace");
    }

    @Test
    void refusesAScopeThatIsNotAName() {
        assertThat(problems("patroni: {scope: /service/main}"))
                .singleElement()
                .asString()
                .contains("is not a name");
    }

    @Test
    void refusesAFileThatDoesNotExist() {
        assertThat(problems("patroni: {scheme: https, ca-file: b.pem}"))
                .containsExactly("line 1: patroni.ca-file: there is no file " + "'" + folder.resolve("b.pem") + "'");
    }

    @Test
    void refusesAFolderForAFile() {
        assertThat(problems("patroni: {scheme: https, ca-file: .}"))
                .containsExactly("line 1: patroni.ca-file: " + "'" + folder.resolve(".") + "'" + " is not a file");
    }

    @Test
    void refusesAPathThatNoFileCanHave() {
        assertThat(problems("patroni: {scheme: https, ca-file: \"a\\0\"}"))
                .containsExactly("line 1: patroni.ca-file: 'a\\u0000' is not the path of a file");
    }

    @Test
    void refusesACertificateWithoutItsKey() {
        assertThat(problems("patroni: {scheme: https, certificate-file: a.pem}"))
                .containsExactly("line 1: patroni.certificate-file: needs key-file too");
    }

    @Test
    void refusesAKeyWithoutItsCertificate() {
        assertThat(problems("patroni: {scheme: https, key-file: a.pem}"))
                .containsExactly("line 1: patroni.key-file: needs certificate-file too");
    }

    @Test
    void refusesFilesThatWouldNeverBeUsed() {
        assertThat(problems("patroni: {ca-file: a.pem, certificate-file: a.pem, key-file: a.pem}"))
                .containsExactly(
                        "line 1: patroni.ca-file: is never used: no node is asked over https, see scheme",
                        "line 1: patroni.certificate-file: is never used: no node is asked over https, see scheme",
                        "line 1: patroni.key-file: is never used: no node is asked over https, see scheme");
    }

    @Test
    void takesFilesThatOneNodeUses() {
        String yaml = "patroni: {ca-file: a.pem}\nnodes: [{name: a, host: b, patroni-scheme: https}]";

        assertThat(ConfigLoader.parse(yaml, folder)).isInstanceOf(Loaded.class);
    }

    private List<String> problems(String yaml) {
        return Parsing.problems(ConfigLoader.parse(yaml + NODES, folder));
    }
}
