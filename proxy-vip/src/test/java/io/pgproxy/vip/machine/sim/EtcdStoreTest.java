package io.pgproxy.vip.machine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.vip.machine.EtcdAnswer;
import io.pgproxy.vip.machine.EtcdCall;
import io.pgproxy.vip.machine.Holding;
import io.pgproxy.vip.machine.Instance;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The simulated etcd does with keys, leases and transactions what the real one does. */
class EtcdStoreTest {
    private static final Instance ME = new Instance(Host.nameOf(0), 1);

    private final EtcdStore store = new EtcdStore();

    @Test
    void aClaimPutsKeyAndRecordWithOneRevision() {
        long revision = ((EtcdAnswer.Done) claim(lease(), 0)).revision();
        assertThat(seen().key().orElseThrow().createRevision()).isEqualTo(revision);
        assertThat(seen().record().orElseThrow().modRevision()).isEqualTo(revision);
    }

    @Test
    void aClaimFailsWhileTheKeyIsThere() {
        claim(lease(), 0);
        long revision = seen().record().orElseThrow().modRevision();
        assertThat(claim(lease(), revision)).isEqualTo(new EtcdAnswer.Done(false, revision));
    }

    @Test
    void aClaimFailsIfTheRecordHasChangedSinceItWasRead() {
        long lease = lease();
        claim(lease, 0);
        execute(new EtcdCall.Revoke(lease), 0);
        assertThat(((EtcdAnswer.Done) claim(lease(), 0)).succeeded()).isFalse();
    }

    @Test
    void aClaimWithALeaseThatIsGoneFails() {
        assertThat(claim(999, 0)).isInstanceOf(EtcdAnswer.Failed.class);
    }

    @Test
    void theKeyGoesWithItsLeaseAndTheRecordStays() {
        claim(lease(), 0);
        store.expireLeases(3 * Span.SECOND);
        assertThat(seen().key()).isEmpty();
        assertThat(seen().record()).isPresent();
    }

    @Test
    void aRenewalInTimeKeepsTheKey() {
        long lease = lease();
        claim(lease, 0);
        execute(new EtcdCall.KeepAlive(lease), Span.SECOND);
        store.expireLeases(3 * Span.SECOND);
        assertThat(seen().key()).isPresent();
    }

    @Test
    void aRenewalOfALeaseThatIsGoneSaysSo() {
        assertThat(execute(new EtcdCall.KeepAlive(999), 0)).isEqualTo(new EtcdAnswer.KeptAlive(0, 1));
    }

    @Test
    void aNewLeaderBeginsEveryLeaseAnew() {
        claim(lease(), 0);
        store.newLeader(Span.SECOND, 2 * Span.SECOND);
        store.expireLeases(6 * Span.SECOND - 1);
        assertThat(seen().key()).isPresent();
        store.expireLeases(6 * Span.SECOND);
        assertThat(seen().key()).isEmpty();
    }

    @Test
    void onlyTheKeyThatIsMeantIsDeleted() {
        claim(lease(), 0);
        long revision = seen().key().orElseThrow().createRevision();
        execute(new EtcdCall.DeleteKey(revision + 1, ME), 0);
        execute(new EtcdCall.DeleteKey(revision, new Instance(Host.nameOf(1), 1)), 0);
        assertThat(seen().key()).isPresent();
        execute(new EtcdCall.DeleteKey(revision, ME), 0);
        assertThat(seen().key()).isEmpty();
    }

    private long lease() {
        return ((EtcdAnswer.Granted) execute(new EtcdCall.Grant(3), 0)).lease();
    }

    private EtcdAnswer claim(long lease, long recordRevision) {
        Holding record = new Holding(ME, new TreeSet<>(), false);
        return execute(new EtcdCall.Claim(lease, recordRevision, record), 0);
    }

    private EtcdAnswer.Seen seen() {
        return (EtcdAnswer.Seen) execute(new EtcdCall.Read(), 0);
    }

    private EtcdAnswer execute(EtcdCall call, long nowNanos) {
        return store.execute(call, 3, nowNanos);
    }
}
