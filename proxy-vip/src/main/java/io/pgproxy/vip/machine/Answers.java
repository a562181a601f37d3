package io.pgproxy.vip.machine;

import io.pgproxy.vip.machine.Calls.Asked;
import java.util.Optional;

/** Brings each answer of etcd to whoever asked; one that comes too late has nothing to say but what it won (rule 1). */
final class Answers {
    private final Parts parts;
    private final Looking looking;
    private final Renewal renewal;
    private final Candidacy candidacy;
    private final Proofs proofs;

    Answers(Parts parts, Looking looking, Renewal renewal, Candidacy candidacy, Proofs proofs) {
        this.parts = parts;
        this.looking = looking;
        this.renewal = renewal;
        this.candidacy = candidacy;
        this.proofs = proofs;
    }

    void answered(Turn turn, long id, EtcdAnswer answer) {
        parts.sight.ended(id, answer instanceof EtcdAnswer.Seen);
        Optional<Asked> asked = parts.calls.take(id);
        if (asked.isPresent() && isCurrent(asked.get())) {
            if (answer instanceof EtcdAnswer.Failed failure) {
                failed(turn, asked.get(), failure.why());
            } else {
                succeeded(turn, asked.get(), answer);
            }
        } else {
            asked.or(() -> parts.calls.takeLate(id)).ifPresent(late -> candidacy.answeredLate(late, answer));
        }
    }

    /** Gives up what has waited too long. */
    void giveUp(Turn turn) {
        parts.calls.giveUp(turn.now).forEach(asked -> failed(turn, asked, "no answer in time"));
    }

    private boolean isCurrent(Asked asked) {
        return asked.attempt() == 0 || asked.attempt() == parts.attempt;
    }

    private void failed(Turn turn, Asked asked, String why) {
        parts.sight.ended(asked.id(), false);
        if (!isCurrent(asked)) {
            candidacy.answeredLate(asked, new EtcdAnswer.Failed(why));
            return;
        }
        switch (asked.purpose()) {
            case GRANT, CLAIM -> candidacy.answered(turn, asked, new EtcdAnswer.Failed(why));
            case RELEASE -> parts.revocations.add(asked.lease());
            case KEEP_ALIVE -> renewal.keepAliveFailed();
            case LOOK, PROOF, DELETE_KEY, REVOKE -> {}
        }
    }

    private void succeeded(Turn turn, Asked asked, EtcdAnswer answer) {
        switch (asked.purpose()) {
            case LOOK, PROOF -> {
                if (answer instanceof EtcdAnswer.Seen now) {
                    proofs.seen(turn, asked, now);
                }
            }
            case GRANT, CLAIM -> candidacy.answered(turn, asked, answer);
            case KEEP_ALIVE -> {
                if (answer instanceof EtcdAnswer.KeptAlive kept) {
                    renewal.keptAlive(turn, asked, kept);
                }
            }
            case RELEASE -> parts.revocations.add(asked.lease());
            case DELETE_KEY -> looking.atOnce();
            case REVOKE -> parts.revocations.confirmed(asked.lease());
        }
    }
}
