package io.pgproxy.vip.kernel;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Who is behind which IPv4 address on this host's networks, as the kernel has heard: {@code /proc/net/arp}. The kernel
 * shows its neighbours by IPv6 nowhere there, so a member that is reached by it is not known again. Immutable.
 */
public final class NeighbourTable {
    private static final Path FILE = Path.of("/proc/net/arp");
    private static final int ADDRESS = 0;
    private static final int MAC = 3;

    private final Map<String, String> macs;

    private NeighbourTable(Map<String, String> macs) {
        this.macs = macs;
    }

    /** As it is now; empty if it can't be read. */
    public static NeighbourTable read() {
        try {
            return of(Files.readAllLines(FILE));
        } catch (IOException e) {
            return new NeighbourTable(Map.of());
        }
    }

    static NeighbourTable of(List<String> lines) {
        Map<String, String> macs = new HashMap<>();
        for (String line : lines) {
            String[] columns = line.strip().split(" +", -1);
            if (columns.length > MAC && columns[MAC].matches("([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}")) {
                macs.put(columns[ADDRESS], columns[MAC].toLowerCase(Locale.ROOT));
            }
        }
        return new NeighbourTable(macs);
    }

    /** Whether one of these addresses is behind that MAC, written as {@code 02:00:5e:10:00:01}. */
    public boolean hasAny(Set<InetAddress> addresses, String mac) {
        String wanted = mac.toLowerCase(Locale.ROOT);
        return addresses.stream().anyMatch(address -> wanted.equals(macs.get(address.getHostAddress())));
    }
}
