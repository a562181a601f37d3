package io.pgproxy.vip.machine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What etcd was asked and has not answered. An answer counts once and with the time before its question was sent; one
 * that nobody waits for any more changes nothing (rule 1).
 */
final class Calls {
    /** A call that failed long ago is kept so long, in case that its answer comes late and there is a lease to give back. */
    private static final int MAX_LATE = 64;

    /** Why something was asked. */
    enum Purpose {
        LOOK,
        GRANT,
        CLAIM,
        KEEP_ALIVE,
        PROOF,
        RELEASE,
        DELETE_KEY,
        REVOKE
    }

    /**
     * @param attempt at the address that it belongs to; an answer for an older one is too late
     * @param lease that it is about; 0 for none
     * @param sentNanos read before it was sent
     * @param renewed the keep-alive that this read completes, if it completes one
     */
    record Asked(
            long id,
            Purpose purpose,
            long attempt,
            long lease,
            long sentNanos,
            long deadlineNanos,
            Optional<Renewed> renewed) {}

    /** A lease was kept alive for that length from when it was asked for on, if that leader is the real one. */
    record Renewed(long sentNanos, long lengthNanos, long term) {}

    private final Map<Long, Asked> open = new LinkedHashMap<>();
    private final Map<Long, Asked> late = new LinkedHashMap<>();
    private long lastId;

    Asked ask(Turn turn, EtcdCall call, Purpose purpose, long attempt, long lease, long patienceNanos) {
        return ask(turn, call, purpose, attempt, lease, patienceNanos, Optional.empty());
    }

    Asked ask(
            Turn turn,
            EtcdCall call,
            Purpose purpose,
            long attempt,
            long lease,
            long patienceNanos,
            Optional<Renewed> renewed) {
        Asked asked = new Asked(++lastId, purpose, attempt, lease, turn.now, turn.now + patienceNanos, renewed);
        open.put(asked.id(), asked);
        turn.add(new Action.Call(asked.id(), call, asked.deadlineNanos()));
        return asked;
    }

    /** The call that waits for this answer; nothing if it was answered before or given up. */
    Optional<Asked> take(long id) {
        return Optional.ofNullable(open.remove(id));
    }

    /** The call that was given up and is answered after all, once. */
    Optional<Asked> takeLate(long id) {
        return Optional.ofNullable(late.remove(id));
    }

    /** Gives up what is past its deadline, and tells what it was. */
    List<Asked> giveUp(long nowNanos) {
        List<Asked> given = new ArrayList<>();
        open.values().removeIf(asked -> {
            boolean over = nowNanos >= asked.deadlineNanos();
            if (over) {
                given.add(asked);
            }
            return over;
        });
        given.forEach(this::keepLate);
        return given;
    }

    private void keepLate(Asked asked) {
        late.put(asked.id(), asked);
        if (late.size() > MAX_LATE) {
            late.remove(late.keySet().iterator().next());
        }
    }

    boolean isOpen(Purpose purpose, long attempt) {
        return open.values().stream().anyMatch(asked -> asked.purpose() == purpose && asked.attempt() == attempt);
    }

    long nextDeadline() {
        return open.values().stream().mapToLong(Asked::deadlineNanos).min().orElse(Long.MAX_VALUE);
    }
}
