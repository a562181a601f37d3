package io.pgproxy.vip.machine;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * How the others are, by their own words of a moment ago. Only what is said to this run of ours counts: anything else
 * may be a recording, and who acts on it lets go of the address for nobody.
 */
final class Conditions {
    private final Peers peers;
    private final Map<Member, Said> said = new TreeMap<>();

    /**
     * @param offeringSinceNanos since when it says without a break that it would serve clients that write
     * @param askedNanos when it asked for the address last
     */
    private record Said(Instance by, Condition condition, long heardNanos, long offeringSinceNanos, long askedNanos) {
        boolean isSilent(long nowNanos) {
            return nowNanos >= heardNanos + Timings.SILENT_NANOS;
        }

        /** A few words that were lost are no break. */
        boolean leadsTo(PeerMessage.Hello next, long nowNanos) {
            return by.equals(next.from())
                    && condition.offersPrimary()
                    && next.condition().offersPrimary()
                    && nowNanos < heardNanos + Timings.SIGHT_NANOS;
        }
    }

    Conditions(Peers peers) {
        this.peers = peers;
    }

    void heard(PeerMessage.Hello hello, long nowNanos) {
        if (peers.isForThisRun(hello)) {
            Member member = hello.from().member();
            Said last = said.get(member);
            long since = last != null && last.leadsTo(hello, nowNanos) ? last.offeringSinceNanos() : nowNanos;
            long askedBefore = last != null && last.by().equals(hello.from()) ? last.askedNanos() : Authority.NEVER;
            long asked = hello.condition().asks() ? nowNanos : askedBefore;
            said.put(member, new Said(hello.from(), hello.condition(), nowNanos, since, asked));
        }
    }

    /** Those that ever said how they are. */
    Set<Member> members() {
        return said.keySet();
    }

    /** How that member is; nothing if it is silent, or if it is in another run by now. */
    Optional<Condition> of(Member member, long nowNanos) {
        return current(member, nowNanos).map(Said::condition);
    }

    /** Who has said for so long that clients that write would be served there. */
    Optional<Member> offeringFor(long lengthNanos, long nowNanos) {
        return said.keySet().stream()
                .filter(member -> current(member, nowNanos)
                        .filter(last ->
                                last.condition().offersPrimary() && nowNanos >= last.offeringSinceNanos() + lengthNanos)
                        .isPresent())
                .findFirst();
    }

    /** Those who say that they would claim at once if nobody had the key. */
    SortedSet<Member> ready(long nowNanos) {
        return said.keySet().stream()
                .filter(member -> current(member, nowNanos)
                        .filter(last -> last.condition().ready())
                        .isPresent())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** One of those who asked for the address within the last second; they stop when the key moves. */
    Optional<Member> askedLately(Predicate<Condition> mayAsk, long nowNanos) {
        return said.keySet().stream()
                .filter(member -> current(member, nowNanos)
                        .filter(last -> last.askedNanos() >= nowNanos - Timings.SIGHT_NANOS)
                        .map(Said::condition)
                        .filter(mayAsk)
                        .isPresent())
                .findFirst();
    }

    private Optional<Said> current(Member member, long nowNanos) {
        return Optional.ofNullable(said.get(member))
                .filter(last -> !last.isSilent(nowNanos) && last.by().equals(peers.running(member)));
    }
}
