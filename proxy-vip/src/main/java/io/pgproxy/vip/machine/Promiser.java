package io.pgproxy.vip.machine;

import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Answers those who ask for promises (rules 4 and 5). A promise is given only where etcd does not work for us either:
 * who asks although it works shall let go, so that somebody else can take over.
 */
class Promiser {
    private record Waiting(PeerMessage.Request request, long sinceNanos) {}

    private final Peers peers;
    private final Sight sight;
    private final Bonds bonds;
    private final Map<Member, Waiting> waiting = new TreeMap<>();
    /** Said already: a holder in need asks several times a second. */
    private final Set<Member> configuredDifferently = new HashSet<>();

    Promiser(Peers peers, Sight sight, Bonds bonds) {
        this.peers = peers;
        this.sight = sight;
        this.bonds = bonds;
    }

    /**
     * Takes a request that is new.
     *
     * @param objection why no promise can be given whatever etcd does; empty if nothing is in the way
     */
    void requested(Turn turn, PeerMessage.Request request, String objection) {
        if (!peers.isForThisRun(request)) {
            refuse(turn, request, "you asked an older run of mine");
        } else if (request.membersHash() != peers.membersHash) {
            refuse(turn, request, "we are configured with different members");
            noteDifference(turn, request.from().member());
        } else if (!objection.isEmpty()) {
            refuse(turn, request, objection);
        } else {
            configuredDifferently.remove(request.from().member());
            waiting.put(request.from().member(), new Waiting(request, turn.now));
        }
    }

    private void noteDifference(Turn turn, Member member) {
        if (configuredDifferently.add(member)) {
            turn.note(Action.Level.ERROR, member + " is configured with other members than we are");
        }
    }

    /** What is in the way of everybody's promise has come up. */
    void refuseAll(Turn turn, String objection) {
        waiting.values().forEach(one -> refuse(turn, one.request(), objection));
        waiting.clear();
    }

    boolean isAsked() {
        return !waiting.isEmpty();
    }

    /** Whether a promise can be given now, by what is known of etcd; refuses those for whom it works. */
    boolean canPromise(Turn turn) {
        for (Iterator<Waiting> all = waiting.values().iterator(); all.hasNext(); ) {
            Waiting one = all.next();
            if (sight.showsEtcdSince(one.sinceNanos())) {
                all.remove();
                refuse(turn, one.request(), "etcd answers me");
            } else if (turn.now >= one.sinceNanos() + Timings.SIGHT_NANOS) {
                all.remove();
            }
        }
        return isAsked() && sight.showsNoEtcd(turn.now);
    }

    /** Binds first, and says so then. */
    void promise(Turn turn) {
        for (Waiting one : waiting.values()) {
            PeerMessage.Request request = one.request();
            bonds.bind(request.from(), request.seq(), turn.now);
            turn.add(new Action.Send(new PeerMessage.Promise(peers.me, request.from(), request.seq())));
        }
        waiting.clear();
    }

    private void refuse(Turn turn, PeerMessage.Request request, String reason) {
        turn.add(new Action.Send(new PeerMessage.Refusal(peers.me, request.from(), request.seq(), reason)));
    }
}
