package io.pgproxy.vip.etcd;

import static io.pgproxy.etcd.Eventually.eventually;
import static io.pgproxy.vip.etcd.Asking.CT100;
import static io.pgproxy.vip.etcd.Asking.CT101;
import static io.pgproxy.vip.etcd.Asking.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.pgproxy.etcd.EtcdMember;
import io.pgproxy.etcd.Operator;
import io.pgproxy.etcd.Wire;
import io.pgproxy.vip.machine.EtcdAnswer;
import io.pgproxy.vip.machine.EtcdAnswer.Done;
import io.pgproxy.vip.machine.EtcdAnswer.Failed;
import io.pgproxy.vip.machine.EtcdAnswer.Granted;
import io.pgproxy.vip.machine.EtcdAnswer.Kept;
import io.pgproxy.vip.machine.EtcdAnswer.Revoked;
import io.pgproxy.vip.machine.EtcdCall;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every call, against a real etcd of one member. */
@Timeout(60)
class LeaseOnEtcdTest {
    @TempDir
    static Path folder;

    private static EtcdMember member;

    private Operator operator;
    private Asking ct100;
    private Asking ct101;

    @BeforeAll
    static void startsEtcd() {
        member = EtcdMember.alone(folder);
    }

    @AfterAll
    static void stopsEtcd() {
        if (member != null) {
            member.close();
        }
    }

    @BeforeEach
    void beginsWithoutKeys() throws Exception {
        operator = new Operator(member.endpoint());
        ct100 = new Asking(CT100, Asking.config(member.endpoint()));
        ct101 = new Asking(CT101, Asking.config(member.endpoint()));
        ct101.until(new EtcdCall.Grant(2), Granted.class); // reads of a strange key would fail
        ct100.until(new EtcdCall.Grant(2), Granted.class);
        operator.delete(KEYS.election());
        operator.delete(KEYS.record());
    }

    @AfterEach
    void closes() {
        ct100.close();
        ct101.close();
        operator.close();
    }

    @Test
    void seesNoKeyWhereThereIsNone() throws Exception {
        assertThat(ct100.seen().key()).isEmpty();
        assertThat(ct100.seen().record()).isEmpty();
    }

    @Test
    void tellsTheLengthThatWasGranted() throws Exception {
        assertThat(ct100.ask(new EtcdCall.Grant(1)))
                .isInstanceOfSatisfying(Granted.class, granted -> assertThat(granted.ttlSeconds())
                        .isEqualTo(2));
    }

    @Test
    void theFirstWhoClaimsHasTheKey() throws Exception {
        Done won = (Done) ct100.ask(ct100.claim(ct100.grant(5), 0));
        Done lost = (Done) ct101.ask(ct101.claim(ct101.grant(5), 0));

        assertThat(won.succeeded()).isTrue();
        assertThat(lost.succeeded()).isFalse();
        assertThat(ct101.seen().key()).contains(new EtcdAnswer.Key(won.revision(), ct100.me));
    }

    @Test
    void aClaimWritesTheRecord() throws Exception {
        Done won = (Done) ct100.ask(ct100.claim(ct100.grant(5), 0));

        assertThat(ct101.seen().record()).contains(new Kept(won.revision(), ct100.holding(false)));
    }

    @Test
    void aRehearsalLeavesTheKeysOfOthersAsTheyAre() throws Exception {
        ct101.ask(ct101.claim(ct101.grant(5), 0));
        EtcdAnswer.Seen before = ct101.seen();

        assertThat(ct100.rehearse()).isInstanceOf(Revoked.class);

        assertThat(ct101.seen()).isEqualTo(before);
    }

    @Test
    void aRehearsalTakesNoKeyThatNobodyHas() throws Exception {
        assertThat(ct100.rehearse()).isInstanceOf(Revoked.class);

        assertThat(ct101.seen().key()).isEmpty();
        assertThat(ct101.seen().record()).isEmpty();
    }

    /** Its answer may have been lost, and then it is asked again at another member. */
    @Test
    void aClaimThatIsExecutedTwiceIsWonTwice() throws Exception {
        EtcdCall.Claim claim = ct100.claim(ct100.grant(5), 0);

        EtcdAnswer first = ct100.ask(claim);

        assertThat(ct100.ask(claim)).isEqualTo(first).isInstanceOf(Done.class);
    }

    @Test
    void aClaimNeedsTheRecordThatWasRead() throws Exception {
        operator.put(KEYS.record(), HoldingText.of(ct101.holding(true)));

        assertThat(ct100.ask(ct100.claim(ct100.grant(5), 0)))
                .isInstanceOfSatisfying(
                        Done.class, done -> assertThat(done.succeeded()).isFalse());
    }

    @Test
    void aClaimWithALeaseThatIsGoneFails() throws Exception {
        long lease = ct100.grant(5);
        operator.revoke(lease);

        assertThat(ct100.ask(ct100.claim(lease, 0)))
                .isInstanceOfSatisfying(Failed.class, failed -> assertThat(failed.why())
                        .contains("claiming the key", "lease not found"));
        assertThat(ct100.seen().key()).isEmpty();
    }

    @Test
    void aReleaseTakesTheKeyAwayAndMarksTheRecord() throws Exception {
        Done won = (Done) ct100.ask(ct100.claim(ct100.grant(5), 0));

        Done released = (Done) ct100.ask(new EtcdCall.Release(won.revision(), ct100.holding(true)));

        assertThat(released.succeeded()).isTrue();
        assertThat(ct101.seen().key()).isEmpty();
        assertThat(ct101.seen().record()).contains(new Kept(released.revision(), ct100.holding(true)));
    }

    @Test
    void aReleaseOfAKeyThatWasPutAgainDoesNothing() throws Exception {
        Done won = (Done) ct100.ask(ct100.claim(ct100.grant(5), 0));

        Done released = (Done) ct100.ask(new EtcdCall.Release(won.revision() - 1, ct100.holding(true)));

        assertThat(released.succeeded()).isFalse();
        assertThat(ct101.seen().record()).contains(new Kept(won.revision(), ct100.holding(false)));
    }

    @Test
    void aReleaseOfAnothersKeyDoesNothing() throws Exception {
        Done won = (Done) ct100.ask(ct100.claim(ct100.grant(5), 0));

        Done released = (Done) ct101.ask(new EtcdCall.Release(won.revision(), ct101.holding(true)));

        assertThat(released.succeeded()).isFalse();
        assertThat(ct101.seen().record()).contains(new Kept(won.revision(), ct100.holding(false)));
    }

    @Test
    void aDeadPeersKeyIsDeleted() throws Exception {
        Done won = (Done) ct100.ask(ct100.claim(ct100.grant(5), 0));

        Done deleted = (Done) ct101.ask(new EtcdCall.DeleteKey(won.revision(), ct100.me));

        assertThat(deleted.succeeded()).isTrue();
        assertThat(ct101.seen().key()).isEmpty();
    }

    @Test
    void aKeyOfAnotherRevisionIsNotDeleted() throws Exception {
        Done won = (Done) ct100.ask(ct100.claim(ct100.grant(5), 0));

        Done deleted = (Done) ct101.ask(new EtcdCall.DeleteKey(won.revision() + 1, ct100.me));

        assertThat(deleted.succeeded()).isFalse();
        assertThat(ct101.seen().key()).isPresent();
    }

    /** An etcd that was wiped counts its revisions anew. */
    @Test
    void aKeyOfAnotherHolderIsNotDeletedByItsRevisionAlone() throws Exception {
        Done won = (Done) ct100.ask(ct100.claim(ct100.grant(5), 0));

        Done deleted = (Done) ct100.ask(new EtcdCall.DeleteKey(won.revision(), ct101.me));

        assertThat(deleted.succeeded()).isFalse();
        assertThat(ct101.seen().key()).isPresent();
    }

    @Test
    void keepsALeaseAlive() throws Exception {
        assertThat(ct100.keepAlive(ct100.grant(5))).isEqualTo(5);
    }

    @Test
    void tellsThatALeaseIsGone() throws Exception {
        long lease = ct100.grant(5);
        operator.revoke(lease);

        assertThat(ct100.keepAlive(lease)).isEqualTo(0);
    }

    @Test
    void theKeyGoesWithItsLease() throws Exception {
        long lease = ct100.grant(5);
        ct100.ask(ct100.claim(lease, 0));

        assertThat(ct100.ask(new EtcdCall.Revoke(lease))).isEqualTo(new Revoked());
        assertThat(ct101.seen().key()).isEmpty();
        assertThat(ct101.seen().record()).isPresent();
    }

    @Test
    void aLeaseThatIsNoMoreIsRevoked() throws Exception {
        assertThat(ct100.ask(new EtcdCall.Revoke(4711))).isEqualTo(new Revoked());
    }

    @Test
    void hearsThatTheKeyMoves() throws Exception {
        eventually("the watch is there", () -> ct101.moves.get() > 0);
        int before = ct101.moves.get();

        long lease = ct100.grant(5);
        ct100.ask(ct100.claim(lease, 0));
        eventually("the claim is heard of", () -> ct101.moves.get() > before);
        int afterTheClaim = ct101.moves.get();
        ct100.ask(new EtcdCall.Revoke(lease));

        eventually("the end is heard of", () -> ct101.moves.get() > afterTheClaim);
    }

    @Test
    void hearsThatALeaseHasRunOut() throws Exception {
        eventually("the watch is there", () -> ct101.moves.get() > 0);
        int before = ct101.moves.get();

        ct100.ask(ct100.claim(ct100.grant(2), 0));

        eventually("claim and end are heard of", () -> ct101.moves.get() >= before + 2);
    }

    @Test
    void aKeyThatPgproxyDidNotWriteIsAFailureWithTheReason() throws Exception {
        operator.put(KEYS.election(), ByteString.copyFromUtf8("{\"holder\": \"somebody\"}"));

        assertThat(ct100.ask(new EtcdCall.Read()))
                .isInstanceOfSatisfying(Failed.class, failed -> assertThat(failed.why())
                        .contains("reading the keys", "/pgproxy/main/election was not written by pgproxy"));
        assertThat(((Done) ct100.ask(ct100.claim(ct100.grant(5), 0))).succeeded())
                .isFalse();
    }

    @Test
    void aRecordThatPgproxyDidNotWriteIsAFailureWithTheReason() throws Exception {
        operator.put(KEYS.record(), ByteString.copyFrom(new byte[] {0, (byte) 0xff}));

        assertThat(ct100.ask(new EtcdCall.Read()))
                .isInstanceOfSatisfying(Failed.class, failed -> assertThat(failed.why())
                        .contains("/pgproxy/main/record was not written by pgproxy"));
    }

    @Test
    void aValueThatIsHugeIsAFailureAndTheNextCallIsNone() throws Exception {
        operator.put(KEYS.record(), ByteString.copyFrom(new byte[1_000_000]));

        assertThat(ct100.ask(new EtcdCall.Read())).isInstanceOf(Failed.class);
        assertThat(ct100.ask(new EtcdCall.Grant(5))).isInstanceOf(Granted.class);
    }

    /** The kernel would go on sending for a quarter of an hour. */
    @Test
    void aConnectionThatDiedWithoutAWordIsReplaced() throws Exception {
        try (Wire wire = new Wire(member.endpoint());
                Asking far = new Asking(CT100, Asking.config(wire.endpoint()))) {
            far.seen();

            wire.cut();

            long cutNanos = System.nanoTime();
            far.seen();
            assertThat(System.nanoTime() - cutNanos).isLessThan(TimeUnit.SECONDS.toNanos(5));
        }
    }

    /** Nobody can say what was missed, so it is told as a move, and whoever hears it reads. */
    @Test
    void afterABreakTheWatchIsMadeAnewAlthoughEtcdWasCompactedMeanwhile() throws Exception {
        try (Wire wire = new Wire(member.endpoint());
                Asking far = new Asking(CT101, Asking.config(wire.endpoint()))) {
            eventually("the watch is there", () -> far.moves.get() > 0);

            wire.cut();
            int before = far.moves.get();
            ct100.ask(ct100.claim(ct100.grant(60), 0));
            operator.compact();

            eventually("there is another watch", () -> far.moves.get() > before);
            int again = far.moves.get();
            operator.delete(KEYS.election());
            eventually("which hears what happens", () -> far.moves.get() > again);
        }
    }

    @Test
    void compactionTakesNothingFromAHolder() throws Exception {
        long lease = ct100.grant(5);
        Done won = (Done) ct100.ask(ct100.claim(lease, 0));

        operator.compact();

        assertThat(ct100.keepAlive(lease)).isEqualTo(5);
        assertThat(ct101.seen().key()).contains(new EtcdAnswer.Key(won.revision(), ct100.me));
    }

    @Test
    void aCallWhoseTimeIsOverIsAnsweredAtOnce() throws Exception {
        assertThat(ct100.ask(new EtcdCall.Read(), -1)).isInstanceOf(Failed.class);
    }

    @Test
    void aClosedClientAnswersToo() throws Exception {
        Asking closed = new Asking(CT100, Asking.config(member.endpoint()));
        closed.close();

        assertThat(closed.ask(new EtcdCall.Read())).isInstanceOf(Failed.class);
    }
}
