package io.pgproxy.core;

import io.pgproxy.config.RulesConfig;
import io.pgproxy.core.ProxyStatus.Limit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every limit with what is used of it, for {@link ProxyStatus}; of limits on each node or source the fullest one's, and
 * no client is named. Safe from any thread.
 */
final class LimitsInUse {
    private static final Logger LOG = LoggerFactory.getLogger(LimitsInUse.class);
    /** Ports in TIME_WAIT count for the kernel and not for us. */
    private static final int FEW_PORTS_LEFT_PERCENT = 90;

    private final Admission admission;
    private final NodeLoad load;
    private final List<Listener> listeners;
    private final Map<String, MinuteCount> portWarnings = new ConcurrentHashMap<>();
    private final int ports;

    /**
     * Of one proxy.
     *
     * @param ports how many connections there can be to one node
     */
    LimitsInUse(Admission admission, NodeLoad load, List<Listener> listeners, int ports) {
        this.admission = admission;
        this.load = load;
        this.listeners = listeners;
        this.ports = ports;
    }

    List<Limit> all() {
        List<Limit> limits = new ArrayList<>(List.of(
                limit("sessions", admission.sessions()),
                limit("startups", admission.startups()),
                limit("parked", admission.parked()),
                limit("cancels", admission.cancels()),
                limit("descriptors", admission.descriptors()),
                new Limit(
                        "polite refusals",
                        admission.refusals().used(),
                        admission.refusals().max()),
                new Limit(
                        "polite refusals of the fullest source",
                        admission.refusals().ofTheFullestSource(),
                        PoliteRefusals.MAX_OF_ONE_SOURCE),
                limit("polite refusals after waiting", admission.disappointments())));
        listeners.forEach(listener -> addLimitsOf(listener, limits));
        load.sessions().forEach((node, used) -> limits.add(new Limit("ports to " + node, used, ports)));
        return limits;
    }

    private static Limit limit(String name, Places places) {
        return new Limit(name, places.used(), places.max());
    }

    private static void addLimitsOf(Listener listener, List<Limit> limits) {
        String name = "listener " + listener.name() + ": ";
        RulesConfig rules = listener.config().rules();
        rules.maxSessions()
                .ifPresent(max ->
                        limits.add(new Limit(name + "sessions", listener.rules().sessions(), max)));
        rules.maxSessionsPerNode()
                .ifPresent(max -> limits.add(new Limit(
                        name + "sessions on the fullest node", listener.nodes().onTheFullest(), max)));
        rules.maxSessionsPerSource()
                .ifPresent(max -> limits.add(new Limit(
                        name + "sessions of the fullest source",
                        listener.rules().sessionsOfTheFullestSource(),
                        max)));
        listener.rules()
                .sourcesWithRates()
                .ifPresent(used ->
                        limits.add(new Limit(name + "sources with a connect rate", used, SourceRates.MAX_SOURCES)));
        listener.config()
                .reads()
                .fallbackMaxSessions()
                .ifPresent(max -> limits.add(new Limit(
                        name + "sessions on the fallback",
                        listener.nodes().fallback().used(),
                        max)));
    }

    private MinuteCount warnings(String node) {
        return portWarnings.computeIfAbsent(node, name -> new MinuteCount());
    }

    /** The kernel refuses connects without a port, whichever session they are for. */
    void warnOfPorts(long nowNanos) {
        load.sessions().forEach((node, used) -> {
            if (100L * used >= (long) FEW_PORTS_LEFT_PERCENT * ports
                    && warnings(node).add(nowNanos) > 0) {
                LOG.warn(
                        "{} sessions to {} use nearly all of the {} local ports"
                                + " (net.ipv4.ip_local_port_range); connects will fail without one",
                        used,
                        node,
                        ports);
            }
        });
    }
}
