package io.pgproxy.vip.peer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproxy.config.BindAddress;
import io.pgproxy.config.PeerAddress;
import io.pgproxy.vip.machine.Instance;
import io.pgproxy.vip.machine.Member;
import io.pgproxy.vip.machine.PeerMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real sockets, at addresses of the loopback network that nobody else is likely to use. */
@Timeout(60)
class PeerLinkTest {
    private static final int PORT = 7001;
    private static final PeerLink.Keys KEYS = new PeerLink.Keys("main", Members.secret(Members.SECRET));

    private final String network = "127." + ThreadLocalRandom.current().nextInt(1, 255) + "."
            + ThreadLocalRandom.current().nextInt(256) + ".";
    private final PeerAddress addressA = new PeerAddress(network + 1, PORT);
    private final PeerAddress addressB = new PeerAddress(network + 2, PORT);
    private final Instance a = new Instance(new Member(addressA.toString()), 1);
    private final Instance b = new Instance(new Member(addressB.toString()), 2);
    private final BlockingQueue<PeerMessage> heardByA = new LinkedBlockingQueue<>();
    private final BlockingQueue<PeerMessage> heardByB = new LinkedBlockingQueue<>();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    @AfterEach
    void closeAll() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    @Test
    void carriesMessagesBothWays() throws Exception {
        PeerLink linkA = link(addressA, heardByA, addressB);
        PeerLink linkB = link(addressB, heardByB, addressA);
        linkA.send(new PeerMessage.Request(a, b, 5, 42));
        linkB.send(new PeerMessage.Promise(b, a, 5));

        assertThat(heard(heardByB)).isEqualTo(new PeerMessage.Request(a, b, 5, 42));
        assertThat(heard(heardByA)).isEqualTo(new PeerMessage.Promise(b, a, 5));
        assertThat(linkA.counts().sent()).isEqualTo(1);
        assertThat(linkB.counts().heard()).isEqualTo(1);
    }

    @Test
    void countsGarbageAndForgeriesAndTellsNobody() throws Exception {
        PeerLink linkB = link(addressB, heardByB, addressA);
        DatagramChannel stranger = stranger();
        byte[] forged = Members.codec("main", "fedcba9876543210").encode(hello(1));
        say(stranger, "GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
        say(stranger, new byte[0]);
        say(stranger, new byte[5_000]);
        say(stranger, Arrays.copyOf(forged, 5_000));
        say(stranger, forged);
        say(stranger, Members.codec("pair", Members.SECRET).encode(hello(2)));
        say(stranger, codec().encode(Members.hello(b, a, 3)));
        say(stranger, codec().encode(hello(4)));

        assertThat(heard(heardByB)).isEqualTo(hello(4));
        assertThat(linkB.counts().rejected())
                .containsEntry(Rejection.NOT_OURS, 3L)
                .containsEntry(Rejection.LENGTH, 1L)
                .containsEntry(Rejection.FORGED, 1L)
                .containsEntry(Rejection.GROUP, 1L)
                .containsEntry(Rejection.OURSELVES, 1L);
        assertThat(linkB.counts().heard()).isEqualTo(1);
    }

    @Test
    void answersNobody() throws Exception {
        link(addressB, heardByB, addressA);
        DatagramChannel stranger = stranger();
        say(stranger, new byte[100]);
        say(stranger, codec().encode(hello(1)));

        assertThat(heard(heardByB)).isEqualTo(hello(1));
        assertThat(stranger.receive(ByteBuffer.allocate(1))).isNull();
    }

    @Test
    void hearsAPeerInTheMiddleOfAFlood() throws Exception {
        PeerLink linkA = link(addressA, heardByA, addressB);
        PeerLink linkB = link(addressB, heardByB, addressA);
        DatagramChannel stranger = stranger();
        byte[] forged = Members.codec("main", "fedcba9876543210").encode(hello(1));
        for (int i = 0; i < 2_000; i++) {
            say(stranger, forged);
        }

        assertThat(heardOneOfMany(linkA, heardByB)).isInstanceOf(PeerMessage.Hello.class);
        assertThat(linkB.counts().rejected().get(Rejection.FORGED)).isPositive();
    }

    @Test
    void hearsOnceWhatIsSentAgain() throws Exception {
        PeerLink linkB = link(addressB, heardByB, addressA);
        DatagramChannel stranger = stranger();
        say(stranger, codec().encode(hello(7)));
        say(stranger, codec().encode(hello(7)));
        say(stranger, codec().encode(hello(8)));

        assertThat(heard(heardByB)).isEqualTo(hello(7));
        assertThat(heard(heardByB)).isEqualTo(hello(8));
        assertThat(linkB.counts().rejected()).containsEntry(Rejection.OLD, 1L);
    }

    @Test
    void hearsAPeerThatStartsAgainOnTheSamePort() throws Exception {
        PeerLink linkA = link(addressA, heardByA, addressB);
        PeerLink before = link(addressB, heardByB, addressA);
        linkA.send(hello(1));
        assertThat(heard(heardByB)).isEqualTo(hello(1));
        before.close();
        linkA.send(hello(2)); // nobody is there, and what the kernel says of it must not spoil the socket
        PeerLink after = link(addressB, heardByB, addressA);
        linkA.send(hello(3));
        after.send(Members.hello(b, a, 1));

        assertThat(heard(heardByB)).isEqualTo(hello(3));
        assertThat(heard(heardByA)).isEqualTo(Members.hello(b, a, 1));
    }

    @Test
    void reachesPeersBesideOneWhoseNameResolvesToNothing() throws Exception {
        PeerAddress nowhere = new PeerAddress("nowhere", PORT);
        Instance lost = new Instance(new Member(nowhere.toString()), 3);
        PeerLink linkA = link(addressA, heardByA, addressB, nowhere);
        link(addressB, heardByB, addressA);
        linkA.send(Members.hello(a, lost, 1));
        linkA.send(hello(2));

        assertThat(heard(heardByB)).isEqualTo(hello(2));
        assertThat(linkA.counts().unsent()).isEqualTo(1);
    }

    @Test
    void findsAPeerByItsName() throws Exception {
        PeerAddress named = new PeerAddress("ct101", PORT);
        Instance namedB = new Instance(new Member(named.toString()), 2);
        PeerLink linkA = link(addressA, heardByA, named);
        Membership.Known membership = membership(named, addressA);
        PeerLink linkB = PeerLink.open(membership, namedB.boot(), bind(addressB), KEYS, this::lookup);
        open.push(linkB);
        linkB.listen(heardByB::add);

        assertThat(heardOneOfMany(linkA, heardByB, namedB).to()).isEqualTo(namedB);
    }

    @Test
    void goesOnAfterAListenerThatFailed() throws Exception {
        link(
                addressB,
                message -> {
                    heardByB.add(message);
                    throw new IllegalStateException("a mistake, on purpose");
                },
                addressA);
        DatagramChannel stranger = stranger();
        say(stranger, codec().encode(hello(1)));
        say(stranger, codec().encode(hello(2)));

        assertThat(heard(heardByB)).isEqualTo(hello(1));
        assertThat(heard(heardByB)).isEqualTo(hello(2));
    }

    @Test
    void hearsWhatCameBeforeItListened() throws Exception {
        PeerLink linkB = PeerLink.open(membership(addressB, addressA), b.boot(), bind(addressB), KEYS, this::lookup);
        open.push(linkB);
        say(stranger(), codec().encode(hello(1)));
        linkB.listen(heardByB::add);

        assertThat(heard(heardByB)).isEqualTo(hello(1));
    }

    @Test
    void isSilentAfterItsEnd() throws Exception {
        PeerLink linkA = link(addressA, heardByA, addressB);
        linkA.close();
        linkA.send(hello(1));
        linkA.close();

        assertThat(linkA.counts().sent()).isZero();
    }

    @Test
    void saysThatThePortIsTaken() throws Exception {
        link(addressB, heardByB, addressA);

        assertThatThrownBy(() -> link(addressB, heardByB, addressA))
                .isInstanceOf(IOException.class)
                .hasMessage("can't listen for peers on UDP " + addressB + ": Address already in use");
    }

    @Test
    void talksOverIpv6() throws Exception {
        assertThat(new ThisHost().sourceTowards(address("::1")))
                .as("this machine has ::1")
                .isPresent();
        Membership.Known alone = membership(addressB, addressA);
        PeerLink linkB = PeerLink.open(alone, b.boot(), new BindAddress("*", 0), KEYS, this::lookup);
        open.push(linkB);
        linkB.listen(heardByB::add);
        DatagramChannel any = DatagramChannel.open();
        open.push(any);
        any.send(ByteBuffer.wrap(codec().encode(hello(1))), new InetSocketAddress(address("::1"), linkB.port()));
        any.send(ByteBuffer.wrap(codec().encode(hello(2))), new InetSocketAddress(address("127.0.0.1"), linkB.port()));

        assertThat(List.of(heard(heardByB), heard(heardByB))).containsExactly(hello(1), hello(2));
    }

    private PeerMessage hello(long seq) {
        return Members.hello(a, b, seq);
    }

    /** Of a crowd some may be lost, as on any network; nobody notices if the last is heard. */
    private PeerMessage heardOneOfMany(PeerLink from, BlockingQueue<PeerMessage> queue) throws InterruptedException {
        return heardOneOfMany(from, queue, b);
    }

    private PeerMessage heardOneOfMany(PeerLink from, BlockingQueue<PeerMessage> queue, Instance to)
            throws InterruptedException {
        @Nullable PeerMessage message = null;
        for (long seq = 1; message == null; seq++) {
            from.send(Members.hello(a, to, seq));
            message = queue.poll(100, TimeUnit.MILLISECONDS);
        }
        return message;
    }

    private static PeerMessage heard(BlockingQueue<PeerMessage> queue) throws InterruptedException {
        PeerMessage message = queue.poll(30, TimeUnit.SECONDS);
        assertThat(message).isNotNull();
        return message;
    }

    private PeerLink link(PeerAddress self, BlockingQueue<PeerMessage> queue, PeerAddress... others)
            throws IOException {
        return link(self, queue::add, others);
    }

    private PeerLink link(PeerAddress self, Consumer<PeerMessage> heard, PeerAddress... others) throws IOException {
        long boot = self.equals(addressA) ? a.boot() : b.boot();
        PeerLink link = PeerLink.open(membership(self, others), boot, bind(self), KEYS, this::lookup);
        open.push(link);
        link.listen(heard);
        return link;
    }

    private List<InetAddress> lookup(String host) {
        return switch (host) {
            case "nowhere" -> List.of();
            case "ct101" -> new ThisHost().addresses(addressB.host());
            default -> new ThisHost().addresses(host);
        };
    }

    private static Membership.Known membership(PeerAddress self, PeerAddress... others) {
        TreeMap<Member, PeerAddress> all = new TreeMap<>();
        List.of(others).forEach(other -> all.put(new Member(other.toString()), other));
        return new Membership.Known(new Member(self.toString()), all);
    }

    private static BindAddress bind(PeerAddress address) {
        return new BindAddress(address.host(), address.port());
    }

    private static InetAddress address(String text) {
        return new ThisHost().addresses(text).get(0);
    }

    private static PeerCodec codec() {
        return KEYS.codec();
    }

    private DatagramChannel stranger() throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        open.push(channel);
        channel.bind(new InetSocketAddress(network + 66, 0)).configureBlocking(false);
        return channel;
    }

    private void say(DatagramChannel stranger, byte[] datagram) throws IOException {
        stranger.send(ByteBuffer.wrap(datagram), new InetSocketAddress(addressB.host(), PORT));
    }
}
