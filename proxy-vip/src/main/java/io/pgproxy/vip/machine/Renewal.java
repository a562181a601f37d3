package io.pgproxy.vip.machine;

import io.pgproxy.vip.machine.Calls.Asked;
import io.pgproxy.vip.machine.Calls.Purpose;
import io.pgproxy.vip.machine.Calls.Renewed;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Keeps what a claim has won (rules 2 and 10): a keep-alive and, after its answer, a read that proves the key to be
 * ours still; a leader of etcd that has lost its followers answers keep-alives that count for nothing. Where no proof
 * comes, the others are asked for promises.
 *
 * <p>After a keep-alive without an answer a read goes first: what is heard by etcd, and whose answers are not heard here,
 * would keep the lease from everybody for as long as it is sent.
 */
class Renewal {
    private final Parts parts;
    private long nextNanos;
    private long nextAskNanos;
    private long nextProofNanos;
    private boolean unanswered;

    Renewal(Parts parts) {
        this.parts = parts;
    }

    /** After a claim was won. */
    void begin(long nowNanos) {
        nextNanos = nowNanos + parts.timings.renewNanos();
        nextProofNanos = nowNanos;
        unanswered = false;
    }

    void run(Turn turn) {
        if (parts.authority.hasKey() && turn.now >= nextNanos) {
            nextNanos = turn.now + parts.timings.renewNanos();
            if (unanswered) {
                read(turn);
            } else {
                keepAlive(turn);
            }
        }
        turn.wakeAt(parts.authority.hasKey() ? nextNanos : Long.MAX_VALUE);
    }

    private void keepAlive(Turn turn) {
        long lease = parts.authority.lease();
        parts.calls.ask(
                turn,
                new EtcdCall.KeepAlive(lease),
                Purpose.KEEP_ALIVE,
                parts.attempt,
                lease,
                parts.timings.callNanos());
    }

    /** Whether it came to etcd nobody knows. */
    void keepAliveFailed() {
        unanswered = true;
    }

    /**
     * The lease was kept alive, or there is none: either may be the word of a leader that was replaced, and the read that
     * is sent now shows the truth.
     */
    void keptAlive(Turn turn, Asked asked, EtcdAnswer.KeptAlive kept) {
        long lengthNanos = TimeUnit.SECONDS.toNanos(kept.ttlSeconds());
        Renewed renewed = new Renewed(asked.sentNanos(), lengthNanos, kept.term());
        Asked read = parts.calls.ask(
                turn,
                new EtcdCall.Read(),
                Purpose.PROOF,
                parts.attempt,
                asked.lease(),
                parts.timings.callNanos(),
                lengthNanos > 0 ? Optional.of(renewed) : Optional.empty());
        parts.sight.begun(read.id(), turn.now);
    }

    /** Asks for a proof that is fresh enough to put the address on. */
    void prove(Turn turn) {
        if (parts.authority.hasKey() && turn.now >= nextProofNanos) {
            nextProofNanos = turn.now + Timings.RETRY_NANOS;
            read(turn);
        }
        turn.wakeAt(parts.authority.hasKey() ? nextProofNanos : Long.MAX_VALUE);
    }

    private void read(Turn turn) {
        Asked read = parts.calls.ask(
                turn,
                new EtcdCall.Read(),
                Purpose.PROOF,
                parts.attempt,
                parts.authority.lease(),
                parts.timings.callNanos());
        parts.sight.begun(read.id(), turn.now);
    }

    /** A read saw our key. */
    void proven(Turn turn, Asked asked, long term) {
        parts.authority.proven(asked.sentNanos());
        asked.renewed().ifPresent(renewed -> parts.authority.renewed(renewed, term));
        if (unanswered) {
            unanswered = false;
            nextNanos = turn.now; // there is no time to lose, half of it is gone
        }
    }

    /** Asks all others for promises, if the last renewal that counted is too long ago. */
    void askPeers(Turn turn) {
        if (parts.peers.others.isEmpty()) {
            return;
        }
        long from = isUpToDate(turn.now) ? overdueNanos() : turn.now;
        if (turn.now >= from && turn.now >= nextAskNanos) {
            nextAskNanos = turn.now + parts.timings.askNanos();
            parts.peers.others.forEach(other -> ask(turn, other));
        }
        turn.wakeAt(Math.max(from, nextAskNanos));
    }

    /** Whether the last renewal that counted is so young that nobody needs to be asked for anything. */
    boolean isUpToDate(long nowNanos) {
        return parts.authority.creditedNanos() != Authority.NEVER && nowNanos < overdueNanos();
    }

    private long overdueNanos() {
        return parts.authority.creditedNanos() + parts.timings.renewNanos() + parts.timings.creditNanos();
    }

    private void ask(Turn turn, Member other) {
        long seq = parts.peers.nextSeq();
        parts.promises.asked(other, seq, turn.now);
        turn.add(new Action.Send(
                new PeerMessage.Request(parts.peers.me, parts.peers.running(other), seq, parts.peers.membersHash)));
    }
}
