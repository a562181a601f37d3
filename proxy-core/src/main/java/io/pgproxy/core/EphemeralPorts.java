package io.pgproxy.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many connections one address of ours can have to one port of a node at once (ip(7), ip_local_port_range). */
final class EphemeralPorts {
    private static final Path RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    /** The kernel's own range, for where it cannot be read. */
    private static final String DEFAULT = "32768 60999";

    private EphemeralPorts() {}

    static int count() {
        try {
            return count(Files.readString(RANGE));
        } catch (IOException | IllegalArgumentException e) {
            return count(DEFAULT);
        }
    }

    /** Of the kernel's own text: the first and the last. */
    static int count(String range) {
        String[] ends = range.strip().split("\\s+", -1);
        if (ends.length != 2) {
            throw new IllegalArgumentException("not a range of ports: " + range);
        }
        return Integer.parseInt(ends[1]) - Integer.parseInt(ends[0]) + 1;
    }
}
