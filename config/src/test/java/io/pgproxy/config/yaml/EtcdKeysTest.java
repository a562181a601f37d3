package io.pgproxy.config.yaml;

import static io.pgproxy.config.yaml.Parsing.NODES;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.EtcdConfig;
import io.pgproxy.config.EtcdEndpoint;
import io.pgproxy.config.yaml.LoadResult.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EtcdKeysTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void writesAFile() throws IOException {
        file = Files.writeString(folder.resolve("a.pem"), "");
    }

    @Test
    void isNotUsedWhereNothingIsSaid() {
        assertThat(read("").endpoints()).isEmpty();
    }

    @Test
    void readsEveryKey() {
        assertThat(
                        read(
                                "etcd: {endpoints: [\"https://e1:23\"], user: proxy, password-file: a.pem, ca-file: a.pem, certificate-file: a.pem, key-file: a.pem}"))
                .isEqualTo(new EtcdConfig(
                        List.of(new EtcdEndpoint(true, "e1", 23)),
                        Optional.of("proxy"),
                        Optional.of(file),
                        Optional.of(file),
                        Optional.of(file),
                        Optional.of(file)));
    }

    @ParameterizedTest
    @CsvSource({
        "http://10.0.0.1:2379, http://10.0.0.1:2379",
        "http://10.0.0.1, http://10.0.0.1:2379",
        "http://e1/, http://e1:2379",
        "https://[2001:db8::1]:1, https://[2001:db8::1]:1",
    })
    void readsAnEndpoint(String written, String meant) {
        assertThat(read("etcd: {endpoints: [\"" + written + "\"]}").endpoints())
                .singleElement()
                .hasToString(meant);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "e1:2379            | is not where an etcd member listens",
                "ftp://e1:2379      | is not where an etcd member listens",
                "http://e1:2379/v3  | is not where an etcd member listens",
                "http://u:p@e1:2379 | is not where an etcd member listens",
                "http://            | is not a host name",
                "http://10.0.0.256  | is not a host name",
                "http://[e1]:2379   | is not an IPv6 address",
                "http://[10.0.0.1]  | is not an IPv6 address",
                "http://e1:0        | the port",
                "http://e1:65536    | the port",
                "http://e1:         | the port",
            })
    void refusesWhatIsNoEndpoint(String written, String why) {
        assertThat(problems("etcd: {endpoints: [\"" + written + "\"]}"))
                .singleElement()
                .asString()
                .contains("etcd.endpoints[0]: ", why);
    }

    @Test
    void refusesAMemberThatIsNamedTwice() {
        assertThat(problems("etcd: {endpoints: [\"http://e1\", \"https://E1:2379\"]}"))
                .containsExactly("line 1: etcd.endpoints: names https://E1:2379 twice");
    }

    @Test
    void refusesAUserWithoutPassword() {
        assertThat(problems("etcd: {endpoints: [\"http://e1\"], user: a}"))
                .containsExactly("line 1: etcd.user: needs password-file too");
    }

    @Test
    void refusesAPasswordWithoutUser() {
        assertThat(problems("etcd: {endpoints: [\"http://e1\"], password-file: a.pem}"))
                .containsExactly("line 1: etcd.password-file: needs user too");
    }

    @Test
    void refusesACertificateWithoutItsKey() {
        assertThat(problems("etcd: {endpoints: [\"https://e1\"], certificate-file: a.pem}"))
                .containsExactly("line 1: etcd.certificate-file: needs key-file too");
    }

    @Test
    void refusesFilesThatWouldNeverBeUsed() {
        assertThat(problems("etcd: {endpoints: [\"http://e1\"], ca-file: a.pem}"))
                .containsExactly("line 1: etcd.ca-file: is never used: no endpoint begins with https://");
    }

    @Test
    void refusesAUserWithoutEndpoints() {
        assertThat(problems("etcd: {user: a, password-file: a.pem}"))
                .containsExactly(
                        "line 1: etcd.user: is never used: there are no endpoints",
                        "line 1: etcd.password-file: is never used: there are no endpoints");
    }

    @Test
    void refusesAnUnknownKey() {
        assertThat(problems("etcd: {endpoint: none}"))
                .containsExactly("line 1: etcd.endpoint: unknown key; did you mean endpoints?");
    }

    private EtcdConfig read(String yaml) {
        return ((Loaded) ConfigLoader.parse(yaml + NODES, folder)).config().etcd();
    }

    private List<String> problems(String yaml) {
        return Parsing.problems(ConfigLoader.parse(yaml + NODES, folder));
    }
}
