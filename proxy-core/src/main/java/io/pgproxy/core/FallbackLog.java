package io.pgproxy.core;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says that reads of one listener went to the primary, once a minute while they do. Safe from any thread. */
final class FallbackLog {
    private static final Logger LOG = LoggerFactory.getLogger(FallbackLog.class);

    private final String listener;
    private final MinuteCount count = new MinuteCount();
    private volatile String primary = "";

    FallbackLog(String listener) {
        this.listener = listener;
    }

    void fellBack(String node, long nowNanos) {
        primary = node;
        say(count.add(nowNanos));
    }

    /** Says what is left to say of the last minute. */
    void flush(long nowNanos) {
        say(count.due(nowNanos));
    }

    private void say(int sessions) {
        if (sessions > 0) {
            LOG.warn(
                    "listener {}: {} sessions went to the primary {} for want of a replica",
                    listener,
                    sessions,
                    primary);
        }
    }
}
