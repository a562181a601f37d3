package io.pgproxy.config.yaml;

import io.pgproxy.config.PgproxyConfig;
import java.util.List;

/** What became of a configuration file: a configuration, or everything that is wrong with it. Immutable. */
public sealed interface LoadResult {
    /** The file is right; every default is filled in. */
    record Loaded(PgproxyConfig config) implements LoadResult {}

    /**
     * The file is refused.
     *
     * @param problems at least one, in the order of their lines
     */
    record Refused(List<Problem> problems) implements LoadResult {
        public Refused {
            problems = List.copyOf(problems);
        }
    }
}
