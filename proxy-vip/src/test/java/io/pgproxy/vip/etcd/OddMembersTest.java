package io.pgproxy.vip.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.EtcdEndpoint;
import io.pgproxy.etcd.SilentMember;
import io.pgproxy.vip.machine.EtcdAnswer;
import io.pgproxy.vip.machine.EtcdAnswer.Failed;
import io.pgproxy.vip.machine.EtcdCall;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Members that are no healthy etcd. */
@Timeout(30)
class OddMembersTest {
    /** Who waits for a silent member instead of asking the next waits for all of it. */
    private static final long LONG_MILLIS = 8_000;

    @Test
    void whoNeverAnswersIsFollowedByTheNext() throws Exception {
        try (SilentMember silent = new SilentMember("");
                FakeMember good = new FakeMember();
                Asking client = Asking.at(silent.endpoint(), good.endpoint())) {
            Asking.Waiting waiting = client.begin(new EtcdCall.Grant(3), LONG_MILLIS);

            good.grant(17, 3);

            assertThat(waiting.answer()).isEqualTo(new EtcdAnswer.Granted(17, 3));
        }
    }

    /** As a member without a leader does, while another is frozen. */
    @Test
    void whoSaysNoBesideASilentOneIsAskedAgain() throws Exception {
        try (SilentMember silent = new SilentMember("");
                FakeMember leaderless = new FakeMember();
                Asking client = Asking.at(silent.endpoint(), leaderless.endpoint())) {
            Asking.Waiting waiting = client.begin(new EtcdCall.Grant(3), LONG_MILLIS);

            leaderless.refuse();
            leaderless.grant(17, 3);

            assertThat(waiting.answer()).isEqualTo(new EtcdAnswer.Granted(17, 3));
        }
    }

    @Test
    void whoNeverAnswersAloneIsAFailureByTheDeadline() throws Exception {
        try (SilentMember silent = new SilentMember("");
                Asking client = Asking.at(silent.endpoint())) {
            assertThat(client.ask(new EtcdCall.Read())).isInstanceOfSatisfying(Failed.class, failed -> assertThat(
                            failed.why())
                    .contains("reading the keys: nobody answered within", silent.endpoint() + ": no answer yet"));
        }
    }

    @Test
    void whoSpeaksAnotherProtocolIsAFailureWithTheReason() throws Exception {
        try (SilentMember web = new SilentMember("HTTP/1.1 400 Bad Request\r\n\r\n");
                Asking client = Asking.at(web.endpoint())) {
            client.failsFor(web.endpoint() + ": First received frame was not SETTINGS");
        }
    }

    @Test
    void aNameThatNobodyKnowsIsAFailureWithTheReason() throws Exception {
        try (Asking client = Asking.at(new EtcdEndpoint(false, "etcd.invalid", 2379))) {
            client.failsFor("http://etcd.invalid:2379: Unable to resolve host");
        }
    }

    @Test
    void aLeaseThatIsGrantedTooLateIsGivenBack() throws Exception {
        try (FakeMember slow = new FakeMember();
                Asking client = Asking.at(slow.endpoint())) {
            assertThat(client.ask(new EtcdCall.Grant(3))).isInstanceOf(Failed.class);

            slow.grant(17, 3);

            assertThat(slow.revoked.get(5, TimeUnit.SECONDS)).isEqualTo(17);
        }
    }

    /** The first member was slow, so the second was asked as well, and both have granted one. */
    @Test
    void aSecondLeaseIsGivenBack() throws Exception {
        try (FakeMember slow = new FakeMember();
                FakeMember quick = new FakeMember();
                Asking client = Asking.at(slow.endpoint(), quick.endpoint())) {
            Asking.Waiting waiting = client.begin(new EtcdCall.Grant(3), LONG_MILLIS);
            quick.grant(18, 3);
            assertThat(waiting.answer()).isEqualTo(new EtcdAnswer.Granted(18, 3));

            slow.grant(17, 3);

            CompletableFuture.anyOf(slow.revoked, quick.revoked).get(5, TimeUnit.SECONDS);
            assertThat(slow.revoked.getNow(0L) + quick.revoked.getNow(0L)).isEqualTo(17);
        }
    }

    @Test
    void aLeaseOfAnAbsurdLengthIsAFailure() throws Exception {
        try (FakeMember hostile = new FakeMember();
                Asking client = Asking.at(hostile.endpoint())) {
            Asking.Waiting waiting = client.begin(new EtcdCall.Grant(3), LONG_MILLIS);

            hostile.grant(17, Long.MAX_VALUE);

            assertThat(waiting.answer()).isInstanceOf(Failed.class);
        }
    }
}
