package io.pgproxy.core;

import io.pgproxy.config.ListenerConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says, once a change, where a listener's new sessions go, or that they wait and why. Confined to the thread that
 * publishes tables.
 */
final class RouteLog implements Consumer<RoutingTable> {
    private static final Logger LOG = LoggerFactory.getLogger(RouteLog.class);

    private final List<ListenerConfig> listeners;
    private final Map<String, String> last = new HashMap<>();

    RouteLog(List<ListenerConfig> listeners) {
        this.listeners = listeners;
    }

    @Override
    public void accept(RoutingTable table) {
        for (ListenerConfig listener : listeners) {
            ListenerRoute route = table.route(listener.name());
            String now = route.candidates().stream().map(Candidate::node).collect(Collectors.joining(", "));
            String before = last.put(listener.name(), now);
            if (now.equals(before)) {
                continue;
            }
            if (now.isEmpty()) {
                LOG.warn("listener {}: new sessions wait: {}", listener.name(), route.whyNobody());
            } else {
                LOG.info("listener {}: new sessions go to {}", listener.name(), now);
            }
        }
    }
}
