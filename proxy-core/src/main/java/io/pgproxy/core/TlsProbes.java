package io.pgproxy.core;

import io.netty.channel.EventLoop;
import io.pgproxy.config.SessionsConfig;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks those nodes whether they grant TLS of which no session has told lately, one at a time, once a client has asked
 * for TLS at all. Confined to one event loop.
 */
final class TlsProbes {
    private static final Logger LOG = LoggerFactory.getLogger(TlsProbes.class);

    private static final long ROUND_MILLIS = 1_000;
    /** A node that does not answer is no better known if it is asked more often. */
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final EventLoop eventLoop;
    private final CurrentRoutes routes;
    private final TlsAnswers answers;
    private final Dialer dialer;
    private final SessionsConfig limits;
    /** By node: when it was asked last; bounded by the table. */
    private final Map<String, Long> askedNanos = new HashMap<>();

    private boolean underWay;

    TlsProbes(EventLoop eventLoop, CurrentRoutes routes, TlsAnswers answers, Dialer dialer, SessionsConfig limits) {
        this.eventLoop = eventLoop;
        this.routes = routes;
        this.answers = answers;
        this.dialer = dialer;
        this.limits = limits;
    }

    void start() {
        eventLoop.scheduleAtFixedRate(this::guardedRound, ROUND_MILLIS, ROUND_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** A mistake of ours must not end the rounds, which would end them in silence. */
    private void guardedRound() {
        try {
            round(System.nanoTime());
        } catch (RuntimeException | Error e) {
            LOG.error("nodes could not be asked for TLS", e);
        }
    }

    void round(long nowNanos) {
        Map<String, InetSocketAddress> nodes = routes.current().addresses();
        askedNanos.keySet().retainAll(nodes.keySet());
        if (answers.areWanted()) {
            nodes.forEach((node, address) -> {
                if (!underWay && answers.isDue(node, address, nowNanos) && hasRested(node, nowNanos)) {
                    ask(node, address, nowNanos);
                }
            });
        }
    }

    private boolean hasRested(String node, long nowNanos) {
        Long asked = askedNanos.get(node);
        return asked == null || nowNanos - asked >= RETRY_NANOS;
    }

    private void ask(String node, InetSocketAddress address, long nowNanos) {
        askedNanos.put(node, nowNanos);
        TlsProbe probe = new TlsProbe(node, address, answers, () -> underWay = false);
        probe.begin(eventLoop, dialer, limits);
        underWay = !probe.isOver();
    }
}
