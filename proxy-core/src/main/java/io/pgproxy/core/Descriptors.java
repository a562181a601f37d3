package io.pgproxy.core;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** What the process may open. */
final class Descriptors {
    /** Kept for listeners, health checks, the admin port, the log, jars and libraries. */
    private static final long RESERVE = 200;

    private static final long FALLBACK_LIMIT = 1024;

    private Descriptors() {}

    /** How many sessions of two descriptors each fit under RLIMIT_NOFILE, at least one. */
    static int sessionsThatFit() {
        long limit = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : FALLBACK_LIMIT;
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, (limit - RESERVE) / 2));
    }
}
