package io.pgproxy.vip.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** An etcd that lost its data counts its revisions from the beginning. */
class WipedEtcdTest {
    @Test
    void anothersKeyWithTheRevisionOfOursIsNotOurs() {
        Stage stage = Stage.withPeer().holding().passMillis(500);
        stage.answer(EtcdCall.KeepAlive.class, new EtcdAnswer.KeptAlive(3, Stage.TERM));
        EtcdAnswer.Key anothers = new EtcdAnswer.Key(Stage.REVISION, Stage.PEER);
        stage.answer(EtcdCall.Read.class, new EtcdAnswer.Seen(Optional.of(anothers), Optional.empty(), Stage.TERM));
        assertThat(stage.state()).isEqualTo(State.STANDBY);
    }
}
