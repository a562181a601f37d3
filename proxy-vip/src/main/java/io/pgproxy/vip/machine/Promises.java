package io.pgproxy.vip.machine;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** What the others have promised to this instance while it holds the address (rule 10). */
class Promises {
    /** Requests to one member that may still be answered; older ones are forgotten. */
    private static final int MAX_OPEN = 32;

    private final Set<Member> others;
    private final long sureNanos;
    private final Map<Member, Long> until = new HashMap<>();
    private final Map<Member, Map<Long, Long>> sentBySeq = new HashMap<>();

    Promises(Set<Member> others, Timings timings) {
        this.others = others;
        this.sureNanos = Timings.sureNanos(timings.promiseNanos());
    }

    void asked(Member member, long seq, long nowNanos) {
        Map<Long, Long> open = sentBySeq.computeIfAbsent(member, same -> new HashMap<>());
        open.put(seq, nowNanos);
        open.values().removeIf(sent -> sent + sureNanos <= nowNanos);
        if (open.size() > MAX_OPEN) {
            open.remove(open.keySet().stream().min(Long::compare).orElseThrow());
        }
    }

    /** Counts from the moment before its request was sent, and only once. */
    void promised(Member member, long seq) {
        Map<Long, Long> open = sentBySeq.get(member);
        Long sent = open == null ? null : open.remove(seq);
        if (sent != null) {
            until.merge(member, sent + sureNanos, Math::max);
        }
    }

    /** Until when all the others have promised; long ago if one of them has not, or if there is none. */
    long untilNanos() {
        if (others.isEmpty()) {
            return Long.MIN_VALUE;
        }
        return others.stream().mapToLong(this::untilNanosOf).min().getAsLong();
    }

    /** Until when that member has promised; long ago if it has not. */
    long untilNanosOf(Member member) {
        return until.getOrDefault(member, Long.MIN_VALUE);
    }

    boolean stand(long nowNanos) {
        return nowNanos < untilNanos();
    }

    boolean standOf(Member member, long nowNanos) {
        return nowNanos < untilNanosOf(member);
    }

    /** Answers to what that member was asked so far count no more. */
    void forgetRequestsTo(Member member) {
        sentBySeq.remove(member);
    }

    void forget() {
        until.clear();
        sentBySeq.clear();
    }
}
