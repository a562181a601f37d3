package io.pgproxy.vip.machine;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** Who the others are, which run of each speaks, and what was heard of it last. */
class Peers {
    /** Runs of others whose last number is remembered; more do not talk at a time. */
    private static final int MAX_RUNS = 64;

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    final Instance me;
    final SortedSet<Member> others;
    final SortedSet<Member> members;
    final long membersHash;
    private final Map<Member, Long> boots = new HashMap<>();
    private final Map<Member, Long> heardNanos = new HashMap<>();
    private final Map<Instance, Long> lastSeqs = new LinkedHashMap<>();
    private long lastOwnSeq;

    Peers(Instance me, SortedSet<Member> others) {
        if (others.contains(me.member())) {
            throw new IllegalArgumentException(me.member() + " is among the others");
        }
        this.me = me;
        this.others = others;
        members = new TreeSet<>(others);
        members.add(me.member());
        membersHash = hash(members);
    }

    private static long hash(SortedSet<Member> members) {
        long hash = FNV_OFFSET;
        for (Member member : members) {
            for (byte part : member.name().getBytes(StandardCharsets.UTF_8)) {
                hash = (hash ^ part) * FNV_PRIME;
            }
            hash = (hash ^ '\n') * FNV_PRIME;
        }
        return hash;
    }

    long nextSeq() {
        return ++lastOwnSeq;
    }

    /** The run of that member that spoke last; with boot 0 if none has. */
    Instance running(Member member) {
        return new Instance(member, boots.getOrDefault(member, 0L));
    }

    /** Whether it is from one member to another, to this one. */
    boolean isForUs(PeerMessage message) {
        return others.contains(message.from().member()) && message.to().member().equals(me.member());
    }

    /** Whether it is said to this run of ours. */
    boolean isForThisRun(PeerMessage message) {
        return message.to().boot() == me.boot();
    }

    /** Whether that run has not said this or something later before; remembers it if so. */
    boolean isNews(PeerMessage message, long nowNanos) {
        Long last = lastSeqs.get(message.from());
        if (last != null && message.seq() <= last) {
            return false;
        }
        lastSeqs.put(message.from(), message.seq());
        if (lastSeqs.size() > MAX_RUNS) {
            lastSeqs.remove(lastSeqs.keySet().iterator().next());
        }
        heard(message, nowNanos);
        return true;
    }

    /**
     * Its sender is alive, and this is the run that it is in, unless another run of it spoke a moment ago: then only who
     * names this run of ours is believed, since anything else may be a recording of a run that is over.
     */
    void heard(PeerMessage message, long nowNanos) {
        Member member = message.from().member();
        if (message.from().equals(running(member)) || isForThisRun(message) || isSilent(member, nowNanos)) {
            boots.put(member, message.from().boot());
            heardNanos.put(member, nowNanos);
        }
    }

    boolean isSilent(Member member, long nowNanos) {
        Long heard = heardNanos.get(member);
        return heard == null || heard + Timings.SILENT_NANOS <= nowNanos;
    }

    boolean anyIsSilent(long nowNanos) {
        return others.stream().anyMatch(other -> isSilent(other, nowNanos));
    }
}
