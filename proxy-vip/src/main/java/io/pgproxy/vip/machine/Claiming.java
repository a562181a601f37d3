package io.pgproxy.vip.machine;

import io.pgproxy.vip.machine.Calls.Asked;
import io.pgproxy.vip.machine.Calls.Purpose;
import java.util.concurrent.TimeUnit;

/**
 * One claim (rule 3): a new lease, then one transaction that puts the key if nobody has it. A claim that is not answered
 * in time is in doubt, so whatever it may still win is given back and never used.
 */
class Claiming {
    /** How a claim stands after an answer. */
    enum Outcome {
        OPEN,
        WON,
        LOST
    }

    private final Parts parts;
    private long recordRevision;
    private boolean replacesReleased;
    private boolean open;
    private long grantSentNanos;
    private long ttlNanos;
    private String lostBecause = "";

    Claiming(Parts parts) {
        this.parts = parts;
    }

    /**
     * @param seen a read, at most {@link Timings#SIGHT_NANOS} old, that saw no key
     */
    void begin(Turn turn, EtcdAnswer.Seen seen) {
        recordRevision = seen.record().map(EtcdAnswer.Kept::modRevision).orElse(0L);
        replacesReleased = seen.record().map(kept -> kept.holding().released()).orElse(false);
        open = true;
        parts.attempt++;
        ask(turn, new EtcdCall.Grant(parts.timings.ttlSeconds()), Purpose.GRANT, 0);
    }

    private void ask(Turn turn, EtcdCall call, Purpose purpose, long lease) {
        parts.calls.ask(turn, call, purpose, parts.attempt, lease, parts.timings.callNanos());
    }

    /** Takes the answer to a call of this attempt. */
    Outcome answered(Turn turn, Asked asked, EtcdAnswer answer) {
        if (answer instanceof EtcdAnswer.Granted granted) {
            return granted(turn, asked, granted);
        }
        if (answer instanceof EtcdAnswer.Done done && done.succeeded()) {
            open = false;
            parts.authority.won(asked.lease(), done.revision(), grantSentNanos, ttlNanos, asked.sentNanos());
            return Outcome.WON;
        }
        parts.revocations.add(asked.lease());
        return lost(answer instanceof EtcdAnswer.Failed failed ? failed.why() : "another was faster");
    }

    private Outcome granted(Turn turn, Asked asked, EtcdAnswer.Granted granted) {
        grantSentNanos = asked.sentNanos();
        ttlNanos = TimeUnit.SECONDS.toNanos(granted.ttlSeconds());
        if (Timings.sureNanos(ttlNanos) < parts.timings.kernelLateNanos() + TimeUnit.SECONDS.toNanos(1)) {
            parts.revocations.add(granted.lease());
            return lost("etcd granted a lease of " + granted.ttlSeconds() + " s, which is too short");
        }
        ask(
                turn,
                new EtcdCall.Claim(granted.lease(), recordRevision, parts.holding(false)),
                Purpose.CLAIM,
                granted.lease());
        return Outcome.OPEN;
    }

    private Outcome lost(String why) {
        abandon();
        lostBecause = why;
        return Outcome.LOST;
    }

    /** Whatever it still wins counts no more. */
    void abandon() {
        open = false;
        parts.attempt++;
    }

    boolean isOpen() {
        return open;
    }

    /** Whether the holder before has said that it took the address away itself. */
    boolean replacesReleased() {
        return replacesReleased;
    }

    long grantedNanos() {
        return ttlNanos;
    }

    String lostBecause() {
        return lostBecause;
    }

    /**
     * Gives back what an answer to an older attempt has won. A renewal that is answered late has won nothing: its lease
     * may be the one that we hold the address by.
     */
    void answeredLate(Asked asked, EtcdAnswer answer) {
        switch (asked.purpose()) {
            case GRANT -> {
                if (answer instanceof EtcdAnswer.Granted granted) {
                    parts.revocations.add(granted.lease());
                }
            }
            case CLAIM, RELEASE -> parts.revocations.add(asked.lease());
            case LOOK, PROOF, KEEP_ALIVE, DELETE_KEY -> {}
            case REVOKE -> {
                if (answer instanceof EtcdAnswer.Revoked) {
                    parts.revocations.confirmed(asked.lease());
                }
            }
        }
    }
}
