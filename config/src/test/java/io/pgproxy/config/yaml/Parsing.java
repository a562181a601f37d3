package io.pgproxy.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.PgproxyConfig;
import io.pgproxy.config.yaml.LoadResult.Loaded;
import io.pgproxy.config.yaml.LoadResult.Refused;
import java.nio.file.Path;
import java.util.List;

/** Reads texts the way the tests want to talk about them. */
final class Parsing {
    /** The required part, to be written below whatever a test is about, so that this begins in line 1. */
    static final String NODES = "\nnodes: [{name: pg102, host: 192.168.50.21}]\n";

    /** The end of a file that is right but for what a test puts before it, for tests of what needs etcd. */
    static final String NODES_AND_ETCD = NODES + "etcd: {endpoints: [\"http://192.168.50.51:2379\"]}\n";

    private static final Path FOLDER = Path.of("/etc/pgproxy");

    private Parsing() {}

    static PgproxyConfig config(String yaml) {
        LoadResult result = ConfigLoader.parse(yaml, FOLDER);
        assertThat(result).isInstanceOf(Loaded.class);
        return ((Loaded) result).config();
    }

    /** The problems as the operator reads them; none for a good file. */
    static List<String> problems(String yaml) {
        return problems(ConfigLoader.parse(yaml, FOLDER));
    }

    static List<String> problems(LoadResult result) {
        return result instanceof Refused refused
                ? refused.problems().stream().map(Problem::toString).toList()
                : List.of();
    }
}
