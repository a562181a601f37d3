package io.pgproxy.vip.machine;

import io.pgproxy.vip.machine.Calls.Asked;
import io.pgproxy.vip.machine.Calls.Purpose;
import java.util.Optional;

/** What etcd's reads prove of the key: that it is ours still, that it is another's, or that nobody has it (rule 2). */
final class Proofs {
    private final Parts parts;
    private final Course course;
    private final Looking looking;
    private final Renewal renewal;
    private final Candidacy candidacy;
    private final LostKey lostKey;
    private final OrphanKeys orphanKeys;

    Proofs(
            Parts parts,
            Course course,
            Looking looking,
            Renewal renewal,
            Candidacy candidacy,
            LostKey lostKey,
            OrphanKeys orphanKeys) {
        this.parts = parts;
        this.course = course;
        this.looking = looking;
        this.renewal = renewal;
        this.candidacy = candidacy;
        this.lostKey = lostKey;
        this.orphanKeys = orphanKeys;
    }

    void seen(Turn turn, Asked asked, EtcdAnswer.Seen now) {
        looking.saw(turn, asked, now);
        orphanKeys.saw(turn, now.key());
        if (asked.purpose() == Purpose.PROOF) {
            proof(turn, asked, now);
        } else if (course.is(State.STANDBY)) {
            candidacy.consider(turn);
        } else if (course.is(State.HOLD) && !parts.authority.hasKey() && isAnothers(now.key())) {
            lostKey.isGone(turn, now.key().map(EtcdAnswer.Key::holder));
        }
    }

    private void proof(Turn turn, Asked asked, EtcdAnswer.Seen now) {
        if (now.key().filter(this::isOurs).isPresent()) {
            renewal.proven(turn, asked, now.term());
        } else {
            lostKey.isGone(turn, now.key().map(EtcdAnswer.Key::holder));
        }
    }

    /** The holder too, since the revisions of an etcd that lost its data begin anew and may meet ours. */
    private boolean isOurs(EtcdAnswer.Key key) {
        return key.createRevision() == parts.authority.createRevision()
                && key.holder().equals(parts.peers.me);
    }

    private boolean isAnothers(Optional<EtcdAnswer.Key> key) {
        return key.isPresent() && !key.get().holder().equals(parts.peers.me);
    }
}
