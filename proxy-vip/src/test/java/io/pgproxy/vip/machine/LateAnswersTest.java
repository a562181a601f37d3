package io.pgproxy.vip.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What an answer does that comes after its call was given up. */
class LateAnswersTest {
    @Test
    void aRenewalAnsweredLateIsNoReasonToGiveItsLeaseBack() {
        Stage stage = Stage.withPeer().holding().passMillis(500);
        long renewal = stage.idOf(EtcdCall.KeepAlive.class);
        stage.runMillis(501).forget().tell(new Event.Answered(renewal, new EtcdAnswer.KeptAlive(3, Stage.TERM)));
        assertThat(stage.calls.values()).noneMatch(EtcdCall.Revoke.class::isInstance);
        assertThat(stage.state()).isEqualTo(State.HOLD);
    }

    @Test
    void aLeaseGrantedLateIsGivenBack() {
        Stage stage = Stage.withPeer().settled().lookFindsReleased();
        long grant = stage.idOf(EtcdCall.Grant.class);
        stage.runMillis(501).tell(new Event.Answered(grant, new EtcdAnswer.Granted(Stage.LEASE, 3)));
        assertThat(stage.calls.values()).contains(new EtcdCall.Revoke(Stage.LEASE));
    }

    @Test
    void aRevocationConfirmedLateIsNotAskedForAgain() {
        Stage stage = Stage.withPeer().settled().lookFindsReleased();
        long grant = stage.idOf(EtcdCall.Grant.class);
        stage.runMillis(501).tell(new Event.Answered(grant, new EtcdAnswer.Granted(Stage.LEASE, 3)));
        long revocation = stage.idOf(EtcdCall.Revoke.class);
        stage.runMillis(510).calls.clear();
        stage.tell(new Event.Answered(revocation, new EtcdAnswer.Revoked())).runMillis(2_000);
        assertThat(stage.calls.values()).noneMatch(EtcdCall.Revoke.class::isInstance);
    }
}
