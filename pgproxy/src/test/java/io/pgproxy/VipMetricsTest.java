package io.pgproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgproxy.vip.VipManager;
import io.pgproxy.vip.machine.VipStatus;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What Prometheus is told, also where the machine knows nothing. */
class VipMetricsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final VipManager manager = IdleManager.make();
    private VipStatuses status = VipStatuses.holding();

    VipMetricsTest() {
        new VipMetrics(() -> status.made(), manager).bindTo(registry);
    }

    @Test
    void isHeldWhileTheKernelHasIt() {
        status.addressUntilNanos = fromNow(1);
        assertThat(gauge("pgproxy.vip.held")).isEqualTo(1);
        status.addressUntilNanos = fromNow(-1);
        assertThat(gauge("pgproxy.vip.held")).isZero();
    }

    @Test
    void aStandbyHoldsNothing() {
        status = VipStatuses.standby();
        status.addressUntilNanos = fromNow(1);

        assertThat(gauge("pgproxy.vip.held")).isZero();
        assertThat(gauge("pgproxy.vip.proof.age")).isNaN();
        assertThat(gauge("pgproxy.vip.lifetime")).isNaN();
    }

    @Test
    void aProofThatNeverCameIsOlderThanAnyOther() {
        status.creditedNanos = VipStatus.NEVER;
        assertThat(gauge("pgproxy.vip.proof.age")).isInfinite().isPositive();
    }

    @Test
    void aProofAges() {
        status.creditedNanos = fromNow(-7);
        assertThat(gauge("pgproxy.vip.proof.age")).isBetween(7.0, 60.0);
    }

    @Test
    void anAddressThatWasNeverPutOnHasNoLifetimeLeft() {
        status.addressUntilNanos = VipStatus.NEVER;
        assertThat(gauge("pgproxy.vip.lifetime")).isZero();
    }

    @Test
    void tellsTheLifetimeThatIsLeft() {
        status.addressUntilNanos = fromNow(100);
        assertThat(gauge("pgproxy.vip.lifetime")).isBetween(40.0, 100.0);
    }

    @Test
    void tellsWhetherEtcdAnswers() {
        assertThat(gauge("pgproxy.vip.etcd.answers")).isEqualTo(1);
        status.etcdAnswers = false;
        assertThat(gauge("pgproxy.vip.etcd.answers")).isZero();
    }

    @Test
    void tellsWhetherTheRecordNamesOthers() {
        assertThat(gauge("pgproxy.vip.members.differ")).isZero();
        status.othersRecorded = new TreeSet<>(List.of(VipStatuses.OTHER));
        assertThat(gauge("pgproxy.vip.members.differ")).isEqualTo(1);
    }

    @Test
    void tellsOfEachPeerWhetherItIsHeard() {
        assertThat(gauge("pgproxy.vip.peer.heard")).isEqualTo(1);
        status.silent = VipStatuses.SILENT;
        assertThat(gauge("pgproxy.vip.peer.heard")).isZero();
        assertThat(registry.get("pgproxy.vip.peer.heard").gauge().getId().getTag("peer"))
                .isEqualTo("192.168.50.12:7001");
    }

    @Test
    void countsConflicts() {
        assertThat(registry.get("pgproxy.vip.conflicts").functionCounter().count())
                .isEqualTo(3);
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    private static long fromNow(long seconds) {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    }
}
