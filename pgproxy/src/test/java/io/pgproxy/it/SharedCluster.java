package io.pgproxy.it;

import static org.junit.jupiter.api.extension.ExtensionContext.Namespace.GLOBAL;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A cluster that test classes share: started for the first of them, removed after the last. A class registers one as a
 * static extension.
 */
final class SharedCluster implements BeforeAllCallback {
    private final String name;
    private final Map<String, String> patroni;
    private @Nullable Cluster cluster;

    private SharedCluster(String name, Map<String, String> patroni) {
        this.name = name;
        this.patroni = patroni;
    }

    /** Nobody breaks it; Patroni's own defaults. */
    static SharedCluster steady() {
        return new SharedCluster("steady", Map.of());
    }

    /**
     * For faults; every test leaves it whole, and the classes take turns. The ttl is near Patroni's least (20 s), so
     * that a frozen Patroni is replaced in half a minute and not in a whole one; 15 s of freezing and a loop of 3 s are
     * still less than it.
     */
    static SharedCluster faulted() {
        return new SharedCluster("faulted", Map.of("LAB_TTL", "25", "LAB_LOOP_WAIT", "3", "LAB_RETRY_TIMEOUT", "3"));
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        // The root's store closes what it holds after the last test.
        cluster = context.getRoot()
                .getStore(GLOBAL)
                .computeIfAbsent(name, key -> Cluster.start(name, patroni), Cluster.class);
    }

    Cluster get() {
        return Objects.requireNonNull(cluster, "the cluster is started before the first test");
    }
}
