package io.pgproxy.vip.machine;

/** What the others say, and who is to hear it. */
final class PeerNews {
    private final Parts parts;
    private final Course course;
    private final Presence presence;
    private final Looking looking;
    private final Conversation conversation;
    private final Conditions conditions;
    private final OrphanKeys orphanKeys;

    PeerNews(
            Parts parts,
            Course course,
            Presence presence,
            Looking looking,
            Conversation conversation,
            Conditions conditions,
            OrphanKeys orphanKeys) {
        this.parts = parts;
        this.course = course;
        this.presence = presence;
        this.looking = looking;
        this.conversation = conversation;
        this.conditions = conditions;
        this.orphanKeys = orphanKeys;
    }

    /** @param addressPresent whether one of the addresses is here, by the kernel's own list */
    void heard(Turn turn, PeerMessage message, boolean addressPresent) {
        if (!parts.peers.isForUs(message)) {
            return;
        }
        if (message instanceof PeerMessage.Promise promise) {
            if (course.is(State.HOLD) && parts.peers.isForThisRun(promise)) {
                parts.promises.promised(promise.from().member(), promise.seq());
            }
        } else if (message instanceof PeerMessage.NoReliance answer) {
            conversation.noReliance(answer);
        } else if (message instanceof PeerMessage.Gone gone) {
            orphanKeys.died(turn, gone.from()); // it is no sign of life
        } else if (!(message instanceof PeerMessage.Refusal) && parts.peers.isNews(message, turn.now)) {
            heardNews(turn, message, addressPresent);
        }
    }

    private void heardNews(Turn turn, PeerMessage message, boolean addressPresent) {
        if (message instanceof PeerMessage.Hello hello) {
            conditions.heard(hello, turn.now);
        } else if (message instanceof PeerMessage.Request request) {
            parts.promiser.requested(turn, request, promiseObjection(addressPresent));
            looking.hinted();
        } else if (message instanceof PeerMessage.Released released) {
            parts.bonds.release(released.from(), released.seq());
            looking.atOnce();
        } else if (message instanceof PeerMessage.KeyGivenUp givenUp) {
            orphanKeys.givenUp(turn, givenUp.from(), givenUp.createRevision());
        } else if (message instanceof PeerMessage.Started started) {
            started(turn, started);
        }
    }

    private String promiseObjection(boolean addressPresent) {
        if (!course.is(State.STANDBY)) {
            return "I am in " + course.state();
        }
        return addressPresent || presence.isPossible() ? "the address is still here" : "";
    }

    /** A left-over address may stand here by what that peer has promised to a run before ours. */
    private void started(Turn turn, PeerMessage.Started started) {
        if (!course.is(State.STANDBY) || !presence.isPossible()) {
            conversation.started(turn, started);
        }
    }
}
