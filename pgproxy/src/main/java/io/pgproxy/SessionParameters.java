package io.pgproxy;

import io.pgproxy.admin.Order.RefusedException;
import io.pgproxy.admin.Parameters;
import io.pgproxy.core.SessionFilter;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** How a request says which sessions it means. Safe from any thread. */
final class SessionParameters {
    static final String BACKEND_PORT = "backend-port";
    static final String NODE = "node";
    static final String LIMIT = "limit";

    private final Supplier<Collection<String>> nodes;

    /** @param nodes the names of all nodes that there are */
    SessionParameters(Supplier<Collection<String>> nodes) {
        this.nodes = nodes;
    }

    /**
     * Those that are meant.
     *
     * @param more names of parameters that are allowed beside those of the filter
     * @throws RefusedException if the words are wrong, or name a node that there is not
     */
    SessionFilter filter(Parameters said, String... more) throws RefusedException {
        Set<String> allowed = new LinkedHashSet<>(Set.of(BACKEND_PORT, NODE));
        allowed.addAll(Arrays.asList(more));
        said.allowOnly(allowed);
        Optional<String> node = said.text(NODE);
        if (node.isPresent()) {
            requireKnown(node.get());
        }
        return new SessionFilter(said.number(BACKEND_PORT, 1, 65_535), node);
    }

    private void requireKnown(String node) throws RefusedException {
        Collection<String> known = nodes.get();
        if (!known.contains(node)) {
            throw RefusedException.misunderstood(
                    "there is no node of that name; there are " + String.join(", ", known));
        }
    }
}
