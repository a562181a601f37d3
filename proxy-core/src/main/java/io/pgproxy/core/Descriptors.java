package io.pgproxy.core;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** What the process may open. */
final class Descriptors {
    /** Kept for listeners, health checks, the admin port, the log, jars and libraries, and polite refusals. */
    private static final long RESERVE = 200;

    private static final long FALLBACK_LIMIT = 1024;

    private Descriptors() {}

    /** How many sockets of clients and backends fit under RLIMIT_NOFILE, at least two. */
    static int forConnections() {
        long limit = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : FALLBACK_LIMIT;
        return (int) Math.max(2, Math.min(Integer.MAX_VALUE / 2, limit - RESERVE));
    }

    /** How many sessions of two sockets each fit into so many. */
    static int sessionsIn(int descriptors) {
        return descriptors / 2;
    }
}
