package io.pgproxy.vip.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The kernel does not take the address off although it has to go. */
class StuckAddressTest {
    @Test
    void theLeaseIsKeptUntilItIsOff() {
        Stage stage = Stage.withPeer().holding().breakKernel().tell(new Event.StoodStill());
        assertThat(stage.runMillis(1_000).calls.values()).noneMatch(EtcdCall.Revoke.class::isInstance);
        stage.tell(new Event.Deleted(true));
        assertThat(stage.calls.values()).contains(new EtcdCall.Revoke(Stage.LEASE));
    }
}
