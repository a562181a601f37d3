package io.pgproxy.vip.machine.sim;

import java.util.ArrayList;
import java.util.List;

/** When which host had the address; read after a run. */
final class Gaps {
    private final List<Holding> past = new ArrayList<>();

    /** One host's time with the address; open at the end while it lasts. */
    record Holding(int host, long fromNanos, long toNanos) {}

    void appeared(int host, long nowNanos) {
        past.add(new Holding(host, nowNanos, Long.MAX_VALUE));
    }

    void vanished(int host, long nowNanos) {
        for (int last = past.size() - 1; last >= 0; last--) {
            Holding holding = past.get(last);
            if (holding.host() == host) {
                past.set(last, new Holding(host, holding.fromNanos(), nowNanos));
                return;
            }
        }
    }

    /** Whether one and the same host had the address through all of that time. */
    boolean oneHeldThrough(long fromNanos, long toNanos) {
        return past.stream().anyMatch(one -> one.fromNanos() <= fromNanos && one.toNanos() >= toNanos);
    }

    /** How often the address has come to some host since then. */
    long arrivalsSince(long sinceNanos) {
        return past.stream().filter(one -> one.fromNanos() >= sinceNanos).count();
    }

    /** From that time until some host that did not have it before gets the address. */
    long untilNextHolderNanos(long sinceNanos) {
        return past.stream()
                .filter(one -> one.fromNanos() >= sinceNanos)
                .mapToLong(one -> one.fromNanos() - sinceNanos)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** How long nobody had it within that time. */
    long withoutHolderNanos(long fromNanos, long toNanos) {
        long heldNanos = past.stream()
                .mapToLong(one -> Math.max(0, Math.min(one.toNanos(), toNanos) - Math.max(one.fromNanos(), fromNanos)))
                .sum();
        return toNanos - fromNanos - heldNanos;
    }

    @Override
    public String toString() {
        return past.toString();
    }
}
