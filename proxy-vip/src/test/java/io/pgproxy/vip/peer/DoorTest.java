package io.pgproxy.vip.peer;

import static io.pgproxy.vip.peer.Members.A;
import static io.pgproxy.vip.peer.Members.B;
import static io.pgproxy.vip.peer.Members.HELLO;
import static io.pgproxy.vip.peer.Members.SECRET;
import static io.pgproxy.vip.peer.Members.codec;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.config.PeerAddress;
import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.Member;
import io.pgproxy.vip.machine.PeerMessage;
import io.pgproxy.vip.peer.Decoded.Authentic;
import io.pgproxy.vip.peer.Decoded.Rejected;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DoorTest {
    private static final InetAddress PEERS = address(1);
    private static final InetAddress STRANGERS = address(66);

    private final PeerCodec others = codec("main", SECRET);
    private final Door door = new Door(
            new Membership.Known(B.member(), new TreeMap<>(Map.of(A.member(), new PeerAddress("10.0.0.1", 7001)))),
            B.boot(),
            codec("main", SECRET),
            PEERS::equals);

    @Test
    void letsInWhatAPeerSays() {
        assertThat(door.open(others.encode(HELLO), PEERS, 0)).isEqualTo(new Authentic(HELLO));
    }

    @Test
    void letsInWhatAPeerSaysFromAnyAddress() {
        assertThat(door.open(others.encode(HELLO), STRANGERS, 0)).isEqualTo(new Authentic(HELLO));
    }

    @Test
    void keepsOutOurOwnWordsAndThoseOfAnotherHostWithOurName() {
        assertThat(door.open(others.encode(Members.hello(B, A, 7)), PEERS, 0))
                .isEqualTo(new Rejected(Rejection.OURSELVES, ""));
    }

    @Test
    void keepsOutMembersThatAreNoPeers() {
        Instance third = new Instance(new Member("10.0.0.3:7001"), 3);

        assertThat(door.open(others.encode(Members.hello(third, B, 7)), PEERS, 0))
                .isEqualTo(new Rejected(Rejection.NOT_A_PEER, "it is 10.0.0.3:7001"));
    }

    @Test
    void saysByWhichNameAPeerKnowsThisMember() {
        Instance misnamed = new Instance(new Member("ct101:7001"), 0);

        assertThat(door.open(others.encode(Members.hello(A, misnamed, 7)), PEERS, 0))
                .isEqualTo(new Rejected(Rejection.NOT_FOR_US, "it is for ct101:7001, and this is 10.0.0.2:7001"));
    }

    @Test
    void looksAtAFewOfTheDatagramsOfStrangersOnly() {
        byte[] forged = codec("main", "fedcba9876543210").encode(HELLO);

        assertThat(rejections(forged, STRANGERS, 0))
                .isEqualTo(Map.of(Rejection.FORGED, 100L, Rejection.STRANGERS, 900L));
        assertThat(rejections(forged, STRANGERS, SECONDS.toNanos(1)))
                .isEqualTo(Map.of(Rejection.FORGED, 50L, Rejection.STRANGERS, 950L));
    }

    @Test
    void hearsAPeerWhateverStrangersSend() {
        rejections(codec("main", "fedcba9876543210").encode(HELLO), STRANGERS, 0);

        assertThat(door.open(others.encode(HELLO), PEERS, 0)).isEqualTo(new Authentic(HELLO));
    }

    @Test
    void sparesTheAllowanceOfStrangersWhatIsRejectedWithoutASignature() {
        rejections(codec("pair", SECRET).encode(HELLO), STRANGERS, 0);

        assertThat(door.open(others.encode(HELLO), STRANGERS, 0)).isEqualTo(new Authentic(HELLO));
    }

    @Test
    void hearsAPeerWhateverOfItsOwnWordsIsSentAgain() {
        door.open(others.encode(HELLO), PEERS, 0);

        assertThat(rejections(others.encode(HELLO), STRANGERS, 0)).containsOnlyKeys(Rejection.OLD, Rejection.STRANGERS);
        assertThat(rejections(others.encode(HELLO), PEERS, 0)).containsOnlyKeys(Rejection.OLD);
        assertThat(door.open(others.encode(hello(B, 8)), PEERS, 0)).isEqualTo(new Authentic(hello(B, 8)));
    }

    @Test
    void hearsAPeerWhateverIsSentAgainOfWhatItSaidToAnOlderRunOfOurs() {
        long heard = heardOf(IntStream.range(0, 1_000).mapToObj(seq -> hello(new Instance(B.member(), 3), seq)));

        assertThat(heard).isEqualTo(40);
        assertThat(door.open(others.encode(HELLO), PEERS, 0)).isEqualTo(new Authentic(HELLO));
    }

    @Test
    void letsInWhatAPeerSaysThatDoesNotKnowThisRunYet() {
        PeerMessage first = hello(new Instance(B.member(), 0), 1);

        assertThat(door.open(others.encode(first), PEERS, 0)).isEqualTo(new Authentic(first));
    }

    @Test
    void letsAPeerBeginAnewWithItsNextRun() {
        PeerMessage next = Members.hello(new Instance(A.member(), 9), B, 1);
        door.open(others.encode(HELLO), PEERS, 0);

        assertThat(door.open(others.encode(next), PEERS, 0)).isEqualTo(new Authentic(next));
        assertThat(door.open(others.encode(HELLO), PEERS, 0)).isEqualTo(new Rejected(Rejection.OLD, ""));
    }

    /** An answer has our number, which says nothing about the peer's own. */
    @Test
    void letsInAnAnswerWithALowerNumberThanThePeersOwn() {
        PeerMessage promise = new PeerMessage.Promise(A, B, 3);
        door.open(others.encode(HELLO), PEERS, 0);

        assertThat(door.open(others.encode(promise), PEERS, 0)).isEqualTo(new Authentic(promise));
        assertThat(door.open(others.encode(promise), PEERS, 0)).isEqualTo(new Rejected(Rejection.OLD, ""));
    }

    @Test
    void hearsNoPeerMoreOftenThanItHasReasonToSpeak() {
        assertThat(heardOf(IntStream.range(0, 1_000).mapToObj(seq -> hello(B, seq))))
                .isEqualTo(200);
        assertThat(door.open(others.encode(hello(B, 1_000)), PEERS, 0)).isEqualTo(new Rejected(Rejection.TOO_MANY, ""));
    }

    private static PeerMessage hello(Instance to, long seq) {
        return Members.hello(A, to, seq);
    }

    private long heardOf(Stream<PeerMessage> messages) {
        return messages.filter(message -> door.open(others.encode(message), PEERS, 0) instanceof Authentic)
                .count();
    }

    private Map<Rejection, Long> rejections(byte[] datagram, InetAddress source, long nowNanos) {
        return IntStream.range(0, 1_000)
                .mapToObj(each -> ((Rejected) door.open(datagram, source, nowNanos)).why())
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }

    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
