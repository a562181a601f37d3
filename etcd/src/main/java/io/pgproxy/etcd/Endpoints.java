package io.pgproxy.etcd;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The members of etcd, in the order in which it is best to ask them. Who answered first last time is asked first: as
 * long as it answers nobody else need be asked, and when it hangs it costs one call a part of its time. Confined to the
 * event loop.
 */
final class Endpoints {
    private final List<Endpoint> all;
    private Endpoint best;
    private @Nullable Endpoint lastBroken;
    /** Where watches have left out what had happened, the last one last. */
    private final List<Endpoint> deaf = new ArrayList<>();

    /** @param all at least one */
    Endpoints(List<Endpoint> all) {
        this.all = List.copyOf(all);
        best = all.get(0);
    }

    List<Endpoint> all() {
        return all;
    }

    List<Endpoint> inOrder() {
        List<Endpoint> order = new ArrayList<>(all);
        order.sort(Comparator.comparing((Endpoint endpoint) -> endpoint.fails())
                .thenComparing(endpoint -> endpoint != best));
        return order;
    }

    void answeredFirst(Endpoint endpoint) {
        best = endpoint;
    }

    /**
     * Where to watch: the best one, but not the one where a watch has just broken if there is another. Who has been deaf
     * is the last among those that answer, and who was so the longest ago comes first among them.
     */
    Endpoint toWatch() {
        List<Endpoint> order = inOrder();
        order.sort(Comparator.comparing(Endpoint::fails).thenComparing(deaf::indexOf));
        return order.get(order.size() > 1 && order.get(0) == lastBroken ? 1 : 0);
    }

    void watchBroke(Endpoint endpoint) {
        lastBroken = endpoint;
    }

    void wasDeaf(Endpoint endpoint) {
        deaf.remove(endpoint);
        deaf.add(endpoint);
    }
}
