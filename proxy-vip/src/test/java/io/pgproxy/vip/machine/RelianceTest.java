package io.pgproxy.vip.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Who says to a peer that it may forget its promises must have no address by them, nor its run before. */
class RelianceTest {
    @Test
    void isDeniedByAStandbyWithoutTheAddress() {
        assertThat(said(Stage.withPeer().settled())).hasSize(1);
    }

    @Test
    void isNotDeniedWhileALeftOverAddressCannotBeTakenOff() {
        assertThat(said(Stage.withPeer().breakKernel().start())).isEmpty();
    }

    private static List<PeerMessage.NoReliance> said(Stage stage) {
        stage.hear(new PeerMessage.Started(Stage.PEER, Stage.ME, stage.nextPeerSeq()));
        return stage.said(PeerMessage.NoReliance.class);
    }
}
