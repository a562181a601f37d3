package io.pgproxy.vip.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What an operator is told of the machine. */
class VipStatusTest {
    private static final Member STRANGER = new Member("c:7001");

    @Test
    void noStateHasBegunBeforeTheStart() {
        assertThat(Stage.withPeer().status().sinceNanos()).isEqualTo(VipStatus.NEVER);
    }

    @Test
    void saysThatEtcdHasNotAnsweredYet() {
        VipStatus status = Stage.withPeer().start().status();

        assertThat(status.etcdAnswers()).isFalse();
        assertThat(status.trouble()).isEqualTo("etcd does not answer");
    }

    @Test
    void saysThatEtcdAnswersForASecondAfterAnAnswer() {
        Stage stage = Stage.withPeer().start().lookFindsReleased();

        assertThat(stage.runMillis(900).status().etcdAnswers()).isTrue();
        assertThat(stage.runMillis(200).status().etcdAnswers()).isFalse();
    }

    @Test
    void whatEtcdToldLastIsNoReasonAnyMore() {
        Stage stage = Stage.withPeer().settled().peerHolds(Stage.REVISION).liveAlone(1_000);

        assertThat(stage.status().trouble()).isEqualTo("another has the key");
        assertThat(stage.runMillis(1_500).status().trouble()).isEqualTo("etcd does not answer");
        assertThat(stage.status().holder()).contains(Stage.PEER);
    }

    @Test
    void whoIsNotFitSaysThatFirst() {
        Stage stage = Stage.withPeer().start().tell(new Event.Eligible(false, "not every listener is bound"));

        assertThat(stage.status().trouble()).isEqualTo("not every listener is bound");
    }

    @Test
    void aHolderThatEtcdAnswersSaysSo() {
        Stage stage = Stage.withPeer().holding().liveAlone(3_000);

        assertThat(stage.state()).isEqualTo(State.HOLD);
        assertThat(stage.status().etcdAnswers()).isTrue();
    }

    @Test
    void namesTheMembersOfARecordThatHasOthers() {
        TreeSet<Member> others = new TreeSet<>(List.of(Stage.A, STRANGER));

        assertThat(recorded(others).othersRecorded()).isEqualTo(others);
        assertThat(recorded(new TreeSet<>(List.of(Stage.A, Stage.B))).othersRecorded())
                .isEmpty();
    }

    private static VipStatus recorded(SortedSet<Member> members) {
        Holding holding = new Holding(Stage.PEER, members, true);
        EtcdAnswer.Seen seen =
                new EtcdAnswer.Seen(Optional.empty(), Optional.of(new EtcdAnswer.Kept(3, holding)), Stage.TERM);
        return Stage.withPeer().start().answer(EtcdCall.Read.class, seen).status();
    }
}
