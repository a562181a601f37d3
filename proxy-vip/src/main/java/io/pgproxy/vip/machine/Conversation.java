package io.pgproxy.vip.machine;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** What is said to the others without being asked, and what they say to that (rules 6 and 11). */
class Conversation {
    private final Parts parts;
    private final Map<Member, Long> startedSeqs = new HashMap<>();
    private long nextHelloNanos;
    private long nextStartedNanos;
    private long givenUpRevision;
    private int givenUpToSay;

    Conversation(Parts parts) {
        this.parts = parts;
    }

    /** The program starts: what it may have promised before, it does not know. */
    void begin(Turn turn) {
        parts.bonds.begin(parts.peers.others, turn.now);
        nextHelloNanos = turn.now;
        nextStartedNanos = turn.now;
    }

    /** @param condition what is to be said of this instance */
    void run(Turn turn, Supplier<Condition> condition) {
        if (parts.peers.others.isEmpty()) {
            return;
        }
        if (turn.now >= nextStartedNanos) {
            nextStartedNanos = turn.now + parts.timings.askNanos();
            parts.peers.others.forEach(other -> askForReliance(turn, other));
        }
        if (turn.now >= nextHelloNanos) {
            nextHelloNanos = turn.now + Timings.HELLO_NANOS;
            Condition own = condition.get();
            parts.peers.others.forEach(other -> sayHello(turn, other, own));
            sayGivenUp(turn);
        }
        turn.wakeAt(nextHelloNanos);
    }

    private void sayHello(Turn turn, Member other, Condition own) {
        say(turn, new PeerMessage.Hello(parts.peers.me, parts.peers.running(other), parts.peers.nextSeq(), own));
    }

    private void askForReliance(Turn turn, Member other) {
        if (parts.bonds.isBoundToOlderRuns(other) && parts.bonds.isBound(turn.now)) {
            long seq = parts.peers.nextSeq();
            startedSeqs.put(other, seq);
            say(turn, new PeerMessage.Started(parts.peers.me, parts.peers.running(other), seq));
        }
    }

    private static void say(Turn turn, PeerMessage message) {
        turn.add(new Action.Send(message));
    }

    /** A peer has started again, and wants to know whether we rely on what it promised before. */
    void started(Turn turn, PeerMessage.Started started) {
        Member member = started.from().member();
        if (!parts.promises.standOf(member, turn.now)) {
            // An answer of its older run may still be under way, and must not count after we have said no.
            parts.promises.forgetRequestsTo(member);
            say(turn, new PeerMessage.NoReliance(parts.peers.me, started.from(), started.seq()));
        }
    }

    void noReliance(PeerMessage.NoReliance answer) {
        Long seq = startedSeqs.get(answer.from().member());
        if (parts.peers.isForThisRun(answer) && seq != null && seq == answer.seq()) {
            parts.bonds.liftOlderRuns(answer.from().member());
        }
    }

    /** The address is gone from here, and nobody needs to keep a promise for it. */
    void released(Turn turn) {
        parts.peers.others.forEach(other ->
                say(turn, new PeerMessage.Released(parts.peers.me, parts.peers.running(other), parts.peers.nextSeq())));
    }

    /**
     * The address was dropped and is gone from here. Who had to drop it may hear nobody, etcd included, and still be
     * heard: the others need not wait for the end of its lease. Nobody answers, so it is said a few times.
     *
     * @param createRevision of the key by which it was here; 0 if that was lost before
     */
    void gaveUp(Turn turn, long createRevision) {
        if (createRevision != 0) {
            givenUpRevision = createRevision;
            givenUpToSay = Timings.GIVEN_UP_SAID;
            sayGivenUp(turn);
        }
    }

    private void sayGivenUp(Turn turn) {
        if (givenUpToSay > 0) {
            givenUpToSay--;
            parts.peers.others.forEach(other -> say(
                    turn,
                    new PeerMessage.KeyGivenUp(
                            parts.peers.me, parts.peers.running(other), parts.peers.nextSeq(), givenUpRevision)));
        }
    }
}
