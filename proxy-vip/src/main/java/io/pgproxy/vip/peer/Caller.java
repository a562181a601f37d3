package io.pgproxy.vip.peer;

import io.pgproxy.vip.machine.PeerMessage;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One peer at the door. Anybody can record what it says and send it again, and that is authentic: it must not use up
 * what the peer itself may say. Messages that name this run of ours are few and each is new once; those that do not
 * name it (of a peer that has just started, or from an old recording) get by with little. Pure; confined to one thread.
 */
final class Caller {
    /** A peer says up to 20 a second. */
    private static final int PER_SECOND = 100;

    /** Enough to become acquainted, which takes one message. */
    private static final int UNACQUAINTED_PER_SECOND = 20;

    /** Of the peer's program during one run of ours; more have been forgotten by everybody. */
    private static final int MAX_VOICES = 64;

    /** Answers carry our numbers, and all else the peer's own. */
    private record Voice(long boot, boolean answers) {}

    private final long ourBoot;
    private final Allowance acquainted = Allowance.perSecond(PER_SECOND);
    private final Allowance unacquainted = Allowance.perSecond(UNACQUAINTED_PER_SECOND);
    private final Map<Voice, Long> lastSeqs = new LinkedHashMap<>();

    Caller(long ourBoot) {
        this.ourBoot = ourBoot;
    }

    /** Takes a message of this peer; what is in the way of handing it on, if anything is. */
    Optional<Rejection> objection(PeerMessage message, long nowNanos) {
        if (message.to().boot() != ourBoot) {
            return unacquainted.take(nowNanos) ? Optional.empty() : Optional.of(Rejection.TOO_MANY);
        }
        Voice voice = new Voice(message.from().boot(), Kind.of(message).isAnswer());
        Long last = lastSeqs.get(voice);
        if (last != null && message.seq() <= last) {
            return Optional.of(Rejection.OLD);
        }
        if (!acquainted.take(nowNanos)) {
            return Optional.of(Rejection.TOO_MANY);
        }
        lastSeqs.remove(voice); // so that it becomes the youngest
        lastSeqs.put(voice, message.seq());
        if (lastSeqs.size() > MAX_VOICES) {
            lastSeqs.remove(lastSeqs.keySet().iterator().next());
        }
        return Optional.empty();
    }
}
