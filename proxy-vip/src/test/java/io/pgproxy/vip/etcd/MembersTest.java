package io.pgproxy.vip.etcd;

import static io.pgproxy.etcd.Eventually.eventually;
import static io.pgproxy.vip.etcd.Asking.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.etcd.EtcdMember;
import io.pgproxy.etcd.Operator;
import io.pgproxy.vip.machine.EtcdAnswer;
import io.pgproxy.vip.machine.EtcdAnswer.Done;
import io.pgproxy.vip.machine.EtcdAnswer.Failed;
import io.pgproxy.vip.machine.EtcdAnswer.KeptAlive;
import io.pgproxy.vip.machine.EtcdAnswer.Seen;
import io.pgproxy.vip.machine.EtcdCall;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three real members, of which some fail. */
@Timeout(120)
class MembersTest {
    @TempDir
    static Path folder;

    private static List<EtcdMember> members = List.of();

    private Asking client;

    @BeforeAll
    static void startsThree() {
        members = EtcdMember.cluster(folder, 3);
    }

    @AfterAll
    static void stopsThem() {
        members.forEach(EtcdMember::close);
    }

    @BeforeEach
    void begins() throws Exception {
        client = Asking.at(members);
        client.seen();
    }

    /** Whatever a test did to them, the next one finds three that answer, and no keys. */
    @AfterEach
    void mends() throws Exception {
        client.close();
        for (EtcdMember member : members) {
            member.mend();
        }
        for (EtcdMember member : members) {
            try (Asking one = Asking.at(member.endpoint());
                    Operator operator = new Operator(member.endpoint())) {
                one.until(new EtcdCall.Grant(2), EtcdAnswer.Granted.class);
                operator.delete(KEYS.election());
                operator.delete(KEYS.record());
            }
        }
    }

    private EtcdMember leader() {
        for (EtcdMember member : members) {
            try (Operator operator = new Operator(member.endpoint())) {
                if (operator.leads()) {
                    return member;
                }
            }
        }
        throw new AssertionError("nobody leads");
    }

    private List<EtcdMember> followers() {
        EtcdMember leader = leader();
        return members.stream().filter(member -> member != leader).toList();
    }

    /** The leader last, so that nobody has to be elected when the first one fails. */
    private List<EtcdMember> leaderLast() {
        List<EtcdMember> order = new ArrayList<>(followers());
        order.add(leader());
        return order;
    }

    @Test
    void aFrozenMemberCostsNoCallItsDeadline() throws Exception {
        List<EtcdMember> order = leaderLast();
        try (Asking running = Asking.at(order)) {
            running.seen();
            order.get(0).freeze();

            assertThat(running.reads(20)).hasOnlyElementsOfType(Seen.class);
            assertThat(running.keepAlive(running.grant(5))).isEqualTo(5);
        }
    }

    @Test
    void whoStartsWhileTheFirstMemberIsFrozenIsAnsweredToo() throws Exception {
        List<EtcdMember> order = leaderLast();
        order.get(0).freeze();

        try (Asking fresh = Asking.at(order)) {
            assertThat(fresh.reads(20)).hasOnlyElementsOfType(Seen.class);
        }
    }

    @Test
    void aFollowerThatIsDownCostsNothing() throws Exception {
        EtcdMember down = followers().get(0);

        down.kill();

        assertThat(client.reads(20)).hasOnlyElementsOfType(Seen.class);
    }

    @Test
    void theKeyOutlivesItsLeader() throws Exception {
        long lease = client.grant(10);
        Done won = (Done) client.ask(client.claim(lease, 0));
        EtcdMember leader = leader();

        leader.kill();

        assertThat(client.seen().key()).contains(new EtcdAnswer.Key(won.revision(), client.me));
        assertThat(((KeptAlive) client.until(new EtcdCall.KeepAlive(lease), KeptAlive.class)).ttlSeconds())
                .isEqualTo(10);
    }

    @Test
    void withoutAMajorityEveryCallFailsByItsDeadlineAndWorksAgainAfterwards() throws Exception {
        List<EtcdMember> followers = followers();
        followers.get(0).kill();
        followers.get(1).kill();

        assertThat(client.reads(3)).hasOnlyElementsOfType(Failed.class);

        followers.get(0).startAgain();
        followers.get(1).startAgain();
        client.seen();
        assertThat(client.reads(10)).hasOnlyElementsOfType(Seen.class);
    }

    @Test
    void saysOfEveryMemberWhatIsWrong() throws Exception {
        for (EtcdMember member : members) {
            member.kill();
        }
        client.ask(new EtcdCall.Read());

        assertThat(client.ask(new EtcdCall.Read()))
                .isInstanceOfSatisfying(Failed.class, failed -> assertThat(failed.why())
                        .startsWith("reading the keys: nobody answered within ")
                        .contains(members.stream()
                                .map(member -> member.endpoint() + ": Connection refused")
                                .toList()));
    }

    @Test
    void theWatchGoesOnAtAnotherMember() throws Exception {
        List<EtcdMember> order = leaderLast();
        try (Asking watching = Asking.at(order)) {
            eventually("the watch is there", () -> watching.moves.get() > 0);
            order.get(0).freeze();
            int before = watching.moves.get();

            eventually("there is another watch", () -> watching.moves.get() > before);
            int again = watching.moves.get();
            move(client.grant(5));
            eventually("it hears what happens", () -> watching.moves.get() >= again + 2);
        }
    }

    private void move(long lease) {
        try {
            Seen seen = client.seen();
            long record = seen.record().map(EtcdAnswer.Kept::modRevision).orElse(0L);
            if (client.ask(client.claim(lease, record)) instanceof Done won && won.succeeded()) {
                client.ask(new EtcdCall.DeleteKey(won.revision(), client.me));
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
