package io.pgproxy.vip.etcd;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The members of etcd, in the order in which it is best to ask them. Who answered first last time is asked first: as
 * long as it answers nobody else need be asked, and when it hangs it costs one call a part of its time. Confined to the
 * event loop.
 */
final class Endpoints {
    private final List<Endpoint> all;
    private Endpoint best;

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
}
