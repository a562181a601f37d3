package io.pgproxy.etcd;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once that etcd does not do what it is asked, and once that it does again; of each kind of call by itself, since
 * one that always fails would else take turns with one that never does. Confined to the event loop.
 */
final class CallLog {
    private static final Logger LOG = LoggerFactory.getLogger(CallLog.class);

    /** Since when each kind fails. */
    private final Map<String, Long> failing = new HashMap<>();

    void failed(String doing, String why) {
        if (failing.putIfAbsent(doing, System.nanoTime()) == null) {
            LOG.warn("etcd: {}", why);
        } else {
            LOG.debug("etcd: {}", why);
        }
    }

    void answered(String doing) {
        Long since = failing.remove(doing);
        if (since != null) {
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
            LOG.info("etcd: {} works again, after {} ms", doing, millis);
        }
    }
}
