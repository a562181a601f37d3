package io.pgproxy.core;

import io.pgproxy.config.RulesConfig.ConnectRate;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How fast each source connects to one listener. Safe from any thread.
 *
 * <p>Memory is bounded by a number of sources. Buckets that are full again are dropped first, which loses nothing. If
 * there are none, the source that has been quiet for the longest is forgotten: it gets a fresh burst when it returns,
 * so the mistake favours a client and locks nobody out. Whoever owns more sources than are remembered could have used a
 * burst of each anyway; max-sessions is the limit for him.
 */
final class SourceRates {
    /** About 100 bytes each. */
    static final int MAX_SOURCES = 65_536;
    /** Looked at with each connect; two for each that may come in, so that the full ones run out sooner than memory. */
    private static final int DROPS = 2;

    private final ConnectRate rate;
    private final Overflow forgotten;
    private final Map<Source, TokenBucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

    SourceRates(ConnectRate rate, Overflow forgotten) {
        this.rate = rate;
        this.forgotten = forgotten;
    }

    ConnectRate rate() {
        return rate;
    }

    /** Counts a connect, and says whether there may be one. */
    synchronized boolean mayConnect(Source source, long nowNanos) {
        boolean may = buckets.computeIfAbsent(source, unknown -> new TokenBucket(nowNanos))
                .take(rate, nowNanos);
        forget(nowNanos);
        return may;
    }

    /** The eldest come first, for the map is in the order of use; the source of this connect is its last. */
    private void forget(long nowNanos) {
        Iterator<TokenBucket> eldest = buckets.values().iterator();
        for (int i = 0; i < DROPS && eldest.hasNext(); i++) {
            if (eldest.next().isFull(nowNanos)) {
                eldest.remove();
            } else if (buckets.size() > MAX_SOURCES) {
                eldest.remove();
                forgotten.add(nowNanos);
            } else {
                break;
            }
        }
    }

    synchronized int remembered() {
        return buckets.size();
    }
}
