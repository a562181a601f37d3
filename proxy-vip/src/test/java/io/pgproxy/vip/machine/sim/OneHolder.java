package io.pgproxy.vip.machine.sim;

import java.util.Set;
import java.util.TreeSet;

/** The guarantee: at no instant have two hosts the address. */
final class OneHolder {
    private final Set<Integer> holders = new TreeSet<>();

    void appeared(int host) {
        holders.add(host);
        if (holders.size() > 1) {
            throw new Violation("hosts " + holders + " have the address at once");
        }
    }

    void vanished(int host) {
        holders.remove(host);
    }

    Set<Integer> holders() {
        return Set.copyOf(holders);
    }
}
