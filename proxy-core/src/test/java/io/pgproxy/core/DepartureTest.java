package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.sentText;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The end of those who came by an address, one turn of the loop after the other. */
final class DepartureTest {
    private static final String MOVES = "192.0.2.10";
    private static final Set<InetAddress> MOVING = Set.of(OneLoop.ip(MOVES));
    /** Shorter than clients wait for a backend. */
    private static final Duration DRAIN = Duration.ofSeconds(20);

    private final OneLoop one = oneLoop();
    private final AddressMoves moves =
            new AddressMoves(one.loop.movable(), List.of(one.loop), () -> CompletableFuture.completedFuture(null));

    private static OneLoop oneLoop() {
        Settings settings = new Settings();
        settings.maxSessions = 1_000;
        settings.maxParked = 1_000;
        settings.maxStartups = 1_000;
        settings.movable = MovableAddresses.openAtFirst(MOVING);
        return new OneLoop(settings);
    }

    private EmbeddedChannel visitor() {
        return one.accept("198.51.100.7", MOVES);
    }

    private EmbeddedChannel parkedVisitor() {
        EmbeddedChannel client = visitor();
        one.receive(client, Packets.startup("app"));
        return client;
    }

    private CompletableFuture<Void> end(Duration drain) {
        return moves.end(MOVING, drain).toCompletableFuture();
    }

    private void endAtOnce() {
        end(Duration.ZERO);
        one.turn();
    }

    /** The end looks twice, and each time the sockets get a turn of their own. */
    private void settle() {
        for (int i = 0; i < 4; i++) {
            one.turn();
            one.advance(Departure.PAUSE_MILLIS);
        }
    }

    @Test
    void connectionThatWasAcceptedBeforeTheEndAndGetsToItsLoopAfterItIsTurnedAway() {
        endAtOnce();
        EmbeddedChannel late = visitor();
        assertThat(late.isOpen()).isFalse();
        assertThat(one.ended(CloseReason.ADDRESS_CLOSED)).isEqualTo(1);
    }

    @Test
    void connectionThatGetsToItsLoopBetweenTheCloseAndTheEndIsTurnedAway() {
        CompletableFuture<Void> ended = end(Duration.ZERO);
        EmbeddedChannel late = visitor();
        settle();
        assertThat(late.isOpen()).isFalse();
        assertThat(ended).isCompleted();
    }

    @Test
    void connectionThatWasLetInJustBeforeTheEndIsFound() {
        EmbeddedChannel client = visitor();
        endAtOnce();
        assertThat(client.isOpen()).isFalse();
        assertThat(one.ended(CloseReason.ADDRESS_MOVED)).isEqualTo(1);
    }

    @Test
    void connectUnderWayIsGivenUp() {
        one.publish(Tables.goTo(1, PG1));
        parkedVisitor();
        endAtOnce();
        assertThat(one.dialer.last().connects().isOpen()).isFalse();
    }

    @Test
    void whoWasGrantedEncryptionGetsAnAlert() {
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = visitor();
        one.receive(client, Packets.sslRequest());
        one.receive(one.dialer.last().connects(), new byte[] {'S'});
        endAtOnce();
        assertThat(OneLoop.sent(client)).startsWith('S', 0x15).hasSize(8);
    }

    @Test
    void thousandsEndInParts() {
        List<EmbeddedChannel> clients = new ArrayList<>();
        for (int i = 0; i < 2 * Departure.PART + 50; i++) {
            clients.add(parkedVisitor());
        }
        CompletableFuture<Void> ended = end(Duration.ZERO);
        List<Long> open = new ArrayList<>();
        for (int turn = 0; turn < 3; turn++) {
            one.turn();
            open.add(clients.stream().filter(EmbeddedChannel::isOpen).count());
            one.advance(Departure.PAUSE_MILLIS);
        }
        settle();
        assertThat(open).containsExactly(150L, 50L, 0L);
        assertThat(ended).isCompleted();
    }

    @Test
    void sessionThatFindsItsBackendBetweenTwoPartsEndsForTheSameReason() {
        for (int i = 0; i < Departure.PART; i++) {
            parkedVisitor();
        }
        EmbeddedChannel last = parkedVisitor();
        end(Duration.ZERO);
        one.turn();
        one.publish(Tables.goTo(1, PG1));
        one.backendAnswers();
        assertThat(one.ended(CloseReason.ADDRESS_MOVED)).isEqualTo(Departure.PART);
        one.advance(Departure.PAUSE_MILLIS);
        assertThat(last.isOpen()).isFalse();
        assertThat(one.ended(CloseReason.ADDRESS_MOVED)).isEqualTo(Departure.PART + 1);
    }

    @Test
    void whoDoesNotTakeItsLastWordsIsResetAWhileLater() {
        EmbeddedChannel client = parkedVisitor();
        client.pipeline().addFirst(new SlowWriter());
        CompletableFuture<Void> ended = end(Duration.ZERO);
        settle();
        assertThat(ended).isNotDone();
        one.advance(Departure.LAST_WORDS_MILLIS);
        settle();
        assertThat(client.isOpen()).isFalse();
        assertThat(ended).isCompleted();
    }

    /** Its writes never come to an end. */
    private static final class SlowWriter extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
            ReferenceCountUtil.release(msg);
        }
    }

    @Test
    void waitingClientGoesOnWaitingWhileTheOthersFinish() {
        EmbeddedChannel client = parkedVisitor();
        end(DRAIN);
        one.turn();
        assertThat(client.isOpen()).isTrue();
        one.advance(DRAIN.toMillis());
        assertThat(sentText(client)).contains("C57P01\0");
    }

    @Test
    void secondEndDoesNotWaitForTheDrainOfTheFirst() {
        visitor();
        CompletableFuture<Void> patient = end(DRAIN);
        CompletableFuture<Void> hasty = end(Duration.ZERO);
        settle();
        assertThat(patient).isCompleted();
        assertThat(hasty).isCompleted();
    }

    @Test
    void openedAddressKeepsThoseWhoAreStillHere() {
        EmbeddedChannel client = parkedVisitor();
        CompletableFuture<Void> ended = end(DRAIN);
        one.turn();
        moves.open(MOVING);
        one.advance(DRAIN.toMillis());
        assertThat(ended).isCompletedExceptionally();
        assertThat(client.isOpen()).isTrue();
    }

    /** The loop hears of it later than it may let a newcomer in. */
    @Test
    void endThatComesAfterTheOpeningEndsNobody() {
        end(Duration.ZERO);
        one.loop.movable().open(MOVING);
        EmbeddedChannel client = visitor();
        one.turn();
        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void onlyAddressesThatMayMoveCanBeClosed() {
        Set<InetAddress> unknown = Set.of(OneLoop.ip("192.0.2.11"));
        assertThatThrownBy(() -> moves.close(unknown))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("192.0.2.11: not all of these are among 192.0.2.10");
    }

    @Test
    void ipv4AddressInTheFormOfIpv6IsTheSame() throws Exception {
        byte[] mapped = new byte[16];
        mapped[10] = mapped[11] = (byte) 0xff;
        System.arraycopy(OneLoop.ip(MOVES).getAddress(), 0, mapped, 12, 4);
        InetAddress inIpv6 = Inet6Address.getByAddress(null, mapped, -1);
        MovableAddresses movable = MovableAddresses.closedAtFirst(Set.of(inIpv6));
        assertThat(movable.isClosed(PlainIp.of(inIpv6))).isTrue();
        assertThat(movable.isClosed(OneLoop.ip(MOVES))).isTrue();
    }
}
