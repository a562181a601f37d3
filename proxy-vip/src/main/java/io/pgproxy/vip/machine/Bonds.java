package io.pgproxy.vip.machine;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** What this instance has promised to others: while one of them stands it claims nothing (rules 5 and 6). */
class Bonds {
    /** The bond that an instance begins with, since it does not know what its run before has promised. */
    private static final long OF_OLDER_RUN = -1;

    private record Bond(long untilNanos, long boot, long seq) {}

    private final long lengthNanos;
    private final Map<Member, Bond> bonds = new TreeMap<>();

    Bonds(Timings timings) {
        lengthNanos = timings.promiseNanos();
    }

    /** At the start of the program: bound to everybody for as long as a promise of the run before may last. */
    void begin(Collection<Member> others, long nowNanos) {
        others.forEach(other -> bonds.put(other, new Bond(nowNanos + lengthNanos, 0, OF_OLDER_RUN)));
    }

    void bind(Instance requester, long seq, long nowNanos) {
        bonds.put(requester.member(), new Bond(nowNanos + lengthNanos, requester.boot(), seq));
    }

    /** That member relies on nothing that an older run of ours has promised. */
    void liftOlderRuns(Member other) {
        bonds.computeIfPresent(other, (same, bond) -> bond.seq() == OF_OLDER_RUN ? null : bond);
    }

    /** That run has let go, and said so after it asked for the promises with lower numbers. */
    void release(Instance requester, long seq) {
        bonds.computeIfPresent(
                requester.member(), (same, bond) -> bond.boot() == requester.boot() && bond.seq() < seq ? null : bond);
    }

    boolean isBoundToOlderRuns(Member other) {
        Bond bond = bonds.get(other);
        return bond != null && bond.seq() == OF_OLDER_RUN;
    }

    /** Until when this instance is bound; not after now if it is not. */
    long untilNanos() {
        return bonds.values().stream().mapToLong(Bond::untilNanos).max().orElse(Long.MIN_VALUE);
    }

    boolean isBound(long nowNanos) {
        return nowNanos < untilNanos();
    }
}
