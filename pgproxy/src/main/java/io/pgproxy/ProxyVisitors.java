package io.pgproxy;

import io.pgproxy.core.ProxyServer;
import io.pgproxy.vip.Visitors;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those who come to the proxy by a virtual address. Safe from any thread. */
final class ProxyVisitors implements Visitors {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyVisitors.class);

    private final ProxyServer proxy;
    private final Set<InetAddress> addresses;

    ProxyVisitors(ProxyServer proxy, Collection<InetAddress> addresses) {
        this.proxy = proxy;
        this.addresses = Set.copyOf(addresses);
    }

    @Override
    public void welcome() {
        proxy.openTo(addresses);
    }

    /** If they are welcome again before all are gone, nobody waits for the end any more. */
    @Override
    public void end(long drainNanos, Runnable ended) {
        proxy.endSessionsBy(addresses, Duration.ofNanos(drainNanos)).whenComplete((nothing, failure) -> {
            if (failure == null) {
                ended.run();
            } else if (!(failure instanceof CancellationException)
                    && !(failure.getCause() instanceof CancellationException)) {
                LOG.error("the sessions that came by the virtual address can't all be ended", failure);
            }
        });
    }
}
