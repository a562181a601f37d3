package io.pgproxy.vip.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is done with a key of a peer whose supervisor says that it is dead, or who says that it has given it up. */
class OrphanKeysTest {
    private static final long REVISION = 42;

    private final Stage stage = Stage.withPeer().settled();

    private PeerMessage.Gone gone() {
        return new PeerMessage.Gone(Stage.PEER, new Instance(Stage.A, 0), stage.nextPeerSeq());
    }

    private void lookFinds(Instance holder) {
        stage.answer(
                EtcdCall.Read.class,
                new EtcdAnswer.Seen(
                        Optional.of(new EtcdAnswer.Key(REVISION, holder)), Stage.record(false), Stage.TERM));
    }

    @Test
    void theKeyOfADeadRunIsDeletedAtTheRevisionThatIsSeen() {
        lookFinds(Stage.PEER);
        assertThat(stage.calls.values()).isEmpty();

        stage.hear(gone());
        lookFinds(Stage.PEER);

        assertThat(stage.calls.values()).containsExactly(new EtcdCall.DeleteKey(REVISION, Stage.PEER));
    }

    @Test
    void thenItIsClaimedAsAfterAnyUncleanEnd() {
        stage.hear(gone());
        lookFinds(Stage.PEER);
        stage.passMillis(1);

        stage.answer(EtcdCall.DeleteKey.class, new EtcdAnswer.Done(true, REVISION + 1));
        stage.answer(EtcdCall.Read.class, new EtcdAnswer.Seen(Optional.empty(), Stage.record(false), Stage.TERM));
        stage.winClaim(3);

        assertThat(stage.state()).isEqualTo(State.PROBE);
    }

    @Test
    void theKeyThatADeadMembersNextRunHasStays() {
        Instance next = new Instance(Stage.B, Stage.PEER.boot() + 1);
        stage.hear(gone());
        lookFinds(next);

        assertThat(stage.runMillis(2_000).calls.values()).noneMatch(EtcdCall.DeleteKey.class::isInstance);
    }

    @Test
    void aDeletionThatEtcdDidNotAnswerIsAskedForAgain() {
        stage.hear(gone());
        lookFinds(Stage.PEER);
        stage.answer(EtcdCall.DeleteKey.class, new EtcdAnswer.Failed("no answer"));
        stage.runMillis(300);
        lookFinds(Stage.PEER);

        assertThat(stage.calls.values()).contains(new EtcdCall.DeleteKey(REVISION, Stage.PEER));
    }

    @Test
    void aDeadRunNeedsNoPromiseAnyMore() {
        stage.hear(stage.requestOfPeer()).runMillis(800);
        assertThat(stage.said(PeerMessage.Promise.class)).hasSize(1);
        assertThat(stage.status().boundUntilNanos()).isGreaterThan(stage.now);

        stage.hear(gone());

        assertThat(stage.status().boundUntilNanos()).isLessThanOrEqualTo(stage.now);
    }

    @Test
    void theSameWordsAgainAskNothingNew() {
        stage.hear(gone());
        lookFinds(Stage.PEER);
        stage.answer(EtcdCall.DeleteKey.class, new EtcdAnswer.Done(true, REVISION + 1));
        stage.lookFindsReleased().calls.clear();

        stage.hear(gone());

        assertThat(stage.calls.values()).noneMatch(EtcdCall.Read.class::isInstance);
    }

    @Test
    void theWordOfAStopPostStepIsNoSignOfLife() {
        stage.runMillis(600).hear(gone());

        assertThat(stage.status().silent()).containsEntry(Stage.B, true);
    }

    private PeerMessage.KeyGivenUp givenUp(long revision) {
        return new PeerMessage.KeyGivenUp(Stage.PEER, Stage.ME, stage.nextPeerSeq(), revision);
    }

    @Test
    void aKeyThatWasGivenUpIsDeletedAndClaimedAsAfterAnyUncleanEnd() {
        lookFinds(Stage.PEER);
        stage.passMillis(1).hear(givenUp(REVISION));
        lookFinds(Stage.PEER);
        assertThat(stage.calls.values()).containsExactly(new EtcdCall.DeleteKey(REVISION, Stage.PEER));

        stage.passMillis(1).answer(EtcdCall.DeleteKey.class, new EtcdAnswer.Done(true, REVISION + 1));
        stage.answer(EtcdCall.Read.class, new EtcdAnswer.Seen(Optional.empty(), Stage.record(false), Stage.TERM));
        stage.winClaim(3);

        assertThat(stage.state()).isEqualTo(State.PROBE);
    }

    @Test
    void aKeyThatTheSameRunHasWonSinceStays() {
        stage.hear(givenUp(REVISION - 1));
        lookFinds(Stage.PEER);

        assertThat(stage.runMillis(2_000).calls.values()).noneMatch(EtcdCall.DeleteKey.class::isInstance);
    }

    /** An etcd that was wiped counts anew, and may come to that revision again. */
    @Test
    void aKeyThatWasGivenUpLongAgoStays() {
        stage.hear(givenUp(REVISION)).runMillis(60_000);
        stage.calls.clear();
        stage.runMillis(300);
        lookFinds(Stage.PEER);

        assertThat(stage.calls.values()).noneMatch(EtcdCall.DeleteKey.class::isInstance);
    }

    @Test
    void anOldWordOfAKeyGivenUpCountsForNothingAfterANewerWord() {
        PeerMessage.KeyGivenUp old = givenUp(REVISION);
        stage.peerSays(Stage.READY).hear(old);
        lookFinds(Stage.PEER);

        assertThat(stage.calls.values()).noneMatch(EtcdCall.DeleteKey.class::isInstance);
    }
}
