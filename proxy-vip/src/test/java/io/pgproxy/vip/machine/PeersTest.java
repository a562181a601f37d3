package io.pgproxy.vip.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Which run of a peer is spoken to, when old words of it are heard again. */
class PeersTest {
    private static final Instance BEFORE = new Instance(Stage.B, 77);
    private static final Instance NOBODY_YET = new Instance(Stage.A, 0);
    private static final long LATER = Timings.SILENT_NANOS - 1;

    private final Peers peers = new Peers(Stage.ME, new TreeSet<>(List.of(Stage.B)));

    @Test
    void theFirstRunThatSpeaksIsTheOne() {
        hear(Stage.PEER, NOBODY_YET, 0);

        assertThat(peers.running(Stage.B)).isEqualTo(Stage.PEER);
    }

    @Test
    void aRunThatDoesNotNameOursDoesNotReplaceOneThatSpokeAMomentAgo() {
        hear(Stage.PEER, Stage.ME, 0);
        hear(BEFORE, NOBODY_YET, LATER);

        assertThat(peers.running(Stage.B)).isEqualTo(Stage.PEER);
    }

    @Test
    void aRecordingDoesNotMakeASilentPeerSpeak() {
        hear(Stage.PEER, Stage.ME, 0);
        hear(BEFORE, NOBODY_YET, LATER);

        assertThat(peers.isSilent(Stage.B, Timings.SILENT_NANOS)).isTrue();
    }

    @Test
    void aRunThatNamesOursReplacesTheOneBeforeAtOnce() {
        hear(BEFORE, NOBODY_YET, 0);
        hear(Stage.PEER, Stage.ME, 1);

        assertThat(peers.running(Stage.B)).isEqualTo(Stage.PEER);
    }

    @Test
    void aNewRunIsBelievedWhenTheOneBeforeIsSilent() {
        hear(BEFORE, Stage.ME, 0);
        hear(Stage.PEER, NOBODY_YET, Timings.SILENT_NANOS);

        assertThat(peers.running(Stage.B)).isEqualTo(Stage.PEER);
    }

    private void hear(Instance from, Instance to, long nowNanos) {
        peers.heard(new PeerMessage.Hello(from, to, 1, new Condition(true, true, false, 100)), nowNanos);
    }
}
