package io.pgproxy.config.yaml;

import static io.pgproxy.config.yaml.Parsing.NODES;
import static io.pgproxy.config.yaml.Parsing.config;
import static io.pgproxy.config.yaml.Parsing.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.AdminConfig;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketPathTest {
    @Test
    void readsThePath() {
        assertThat(config("admin: {socket: /tmp/a b.sock}" + NODES).admin().socket())
                .isEqualTo(Path.of("/tmp/a b.sock"));
    }

    @Test
    void hasADefault() {
        assertThat(config("admin:" + NODES).admin()).isEqualTo(AdminConfig.DEFAULTS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"admin.sock", "/", "/run/pgproxy/", "\"/run/\\0\""})
    void refusesWhatIsNoPathFromTheRoot(String text) {
        assertThat(problems("admin: {socket: " + text + "}" + NODES))
                .singleElement()
                .asString()
                .contains("is not the path of a socket; write one from the root");
    }

    @Test
    void refusesAPathThatLinuxCannotUse() {
        assertThat(problems("admin: {socket: /" + "a".repeat(100) + "}" + NODES))
                .singleElement()
                .asString()
                .contains("too long");
        assertThat(config("admin: {socket: /" + "a".repeat(99) + "}" + NODES)
                        .admin()
                        .socket())
                .isEqualTo(Path.of("/" + "a".repeat(99)));
    }
}
