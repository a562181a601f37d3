package io.pgproxy.vip.machine;

import io.pgproxy.vip.machine.Calls.Asked;
import io.pgproxy.vip.machine.Calls.Purpose;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** What the reads of the key and the record have seen last. */
final class Looking {
    private final Parts parts;
    private long nextNanos = Authority.NEVER;
    private boolean hinted;
    private long nextHintNanos = Authority.NEVER;
    private Optional<EtcdAnswer.Seen> seen = Optional.empty();
    private long seenNanos = Authority.NEVER;
    private long keySinceNanos = Authority.NEVER;

    Looking(Parts parts) {
        this.parts = parts;
    }

    void run(Turn turn) {
        if (turn.now >= dueNanos()) {
            read(turn);
        }
        turn.wakeAt(dueNanos());
    }

    private long dueNanos() {
        return hinted ? Math.min(nextNanos, nextHintNanos) : nextNanos;
    }

    private void read(Turn turn) {
        if (hinted) {
            hinted = false;
            nextHintNanos = turn.now + Timings.HINT_NANOS;
        }
        boolean hurry = parts.peers.anyIsSilent(turn.now) || parts.promiser.isAsked();
        nextNanos = turn.now + (hurry ? parts.timings.pollNanos() / 2 : parts.timings.pollNanos());
        Asked read = parts.calls.ask(turn, new EtcdCall.Read(), Purpose.LOOK, 0, 0, parts.timings.callNanos());
        parts.sight.begun(read.id(), turn.now);
    }

    /** Something may have changed. */
    void atOnce() {
        nextNanos = Authority.NEVER;
    }

    /** Others say that something may have changed. Who says it all the time must not have etcd asked all the time. */
    void hinted() {
        hinted = true;
    }

    /** Answers may overtake one another; what was asked last is what counts. */
    void saw(Turn turn, Asked asked, EtcdAnswer.Seen now) {
        if (asked.sentNanos() > seenNanos) {
            Optional<SortedSet<Member>> before = members();
            if (seen.isEmpty() || !revision(seen.get()).equals(revision(now))) {
                keySinceNanos = asked.sentNanos();
            }
            seen = Optional.of(now);
            seenNanos = asked.sentNanos();
            members()
                    .filter(recorded -> !before.equals(Optional.of(recorded)))
                    .ifPresent(recorded -> compare(turn, recorded));
        }
    }

    private static Optional<Long> revision(EtcdAnswer.Seen seen) {
        return seen.key().map(EtcdAnswer.Key::createRevision);
    }

    private Optional<SortedSet<Member>> members() {
        return seen.flatMap(EtcdAnswer.Seen::record).map(kept -> kept.holding().members());
    }

    /** The members that the record names, if they are not those that are configured here (rule 13); else empty. */
    SortedSet<Member> othersRecorded() {
        return members().filter(this::areOthers).orElseGet(TreeSet::new);
    }

    private boolean areOthers(SortedSet<Member> recorded) {
        return !recorded.equals(parts.peers.members);
    }

    private void compare(Turn turn, SortedSet<Member> recorded) {
        if (areOthers(recorded)) {
            turn.note(
                    Action.Level.ERROR,
                    "the record in etcd names the members " + recorded + ", the configuration here "
                            + parts.peers.members);
        }
    }

    /** A host that stood still knows nothing any more. */
    void forget() {
        seenNanos = Authority.NEVER;
    }

    /** Whether what was seen last is young enough to act on. */
    boolean isFresh(long nowNanos) {
        return seenNanos != Authority.NEVER && seenNanos >= nowNanos - Timings.SIGHT_NANOS;
    }

    boolean sawNoKey(long nowNanos) {
        return isFresh(nowNanos) && seen.orElseThrow().key().isEmpty();
    }

    /** Since when the key that was seen last is known to be there, or its absence if there was none. */
    long keySinceNanos() {
        return keySinceNanos;
    }

    /**
     * Whether the record is no obstacle: absent, released, or written by one that counts us among the members. One that
     * knew of no others had no promises to rely on, so for it the absence of its key says all.
     */
    boolean recordAllows() {
        return seen.flatMap(EtcdAnswer.Seen::record)
                .map(EtcdAnswer.Kept::holding)
                .map(last -> last.released()
                        || last.members().contains(parts.peers.me.member())
                        || last.members().equals(Set.of(last.holder().member())))
                .orElse(true);
    }

    /** The last that was seen. */
    EtcdAnswer.Seen last() {
        return seen.orElseThrow();
    }

    /** Who had the key then. */
    Optional<Instance> holder() {
        return seen.flatMap(EtcdAnswer.Seen::key).map(EtcdAnswer.Key::holder);
    }
}
