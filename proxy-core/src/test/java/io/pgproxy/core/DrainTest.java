package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.sent;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.pgproxy.config.PoliciesConfig;
import io.pgproxy.config.PoliciesConfig.Policy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Sessions that may finish where their listener wants none any more, and what else a listener's own verdicts do. */
final class DrainTest {
    private static final long TEN_MINUTES = 600_000;

    private static OneLoop drainingFor(Optional<Duration> limit) {
        return new OneLoop(
                new Settings().policies(new PoliciesConfig(Policy.DRAIN, Policy.DRAIN, limit, OptionalInt.empty())));
    }

    /** One session on PG1, and a listener that gives those that it drains ten minutes. */
    private static OneLoop withASession() {
        OneLoop one = drainingFor(Optional.of(Duration.ofMinutes(10)));
        establish(one);
        return one;
    }

    private static void establish(OneLoop one) {
        one.publish(Tables.goTo(1, PG1));
        one.start("192.0.2.7");
        one.backendAnswers();
    }

    private static RoutingTable drain(long version) {
        return Tables.ownVerdict(version, PG1, Standing.DRAIN, "replica too far behind");
    }

    @Test
    void drainedSessionMayGoOnForAsLongAsItsListenerSays() {
        OneLoop one = withASession();
        one.publish(drain(2));
        one.advance(TEN_MINUTES - 1);
        assertThat(one.ended(CloseReason.DRAINED)).isZero();
        one.advance(1);
        assertThat(one.ended(CloseReason.DRAINED)).isEqualTo(1);
    }

    @Test
    void laterTablesDoNotMoveTheEndOfADrain() {
        OneLoop one = withASession();
        one.publish(drain(2));
        one.advance(TEN_MINUTES - 1);
        one.publish(drain(3));
        one.advance(1);
        assertThat(one.ended(CloseReason.DRAINED)).isEqualTo(1);
    }

    @Test
    void drainThatIsCalledOffEndsNobody() {
        OneLoop one = withASession();
        one.publish(drain(2));
        one.publish(Tables.goTo(3, PG1));
        one.advance(TEN_MINUTES);
        assertThat(one.ended(CloseReason.DRAINED)).isZero();
    }

    @Test
    void drainThatBeginsAnewHasItsWholeTime() {
        OneLoop one = withASession();
        one.publish(drain(2));
        one.advance(TEN_MINUTES - 1);
        one.publish(Tables.goTo(3, PG1));
        one.publish(drain(4));
        one.advance(TEN_MINUTES - 1);
        assertThat(one.ended(CloseReason.DRAINED)).isZero();
    }

    @Test
    void lostRoleEndsADrainedSessionAtOnce() {
        OneLoop one = withASession();
        one.publish(drain(2));
        one.publish(Tables.roleLost(3, Settings.PG1));
        assertThat(one.ended(CloseReason.ROLE_LOST)).isEqualTo(1);
    }

    @Test
    void drainWithoutALimitEndsNobody() {
        OneLoop one = drainingFor(Optional.empty());
        establish(one);
        one.publish(drain(2));
        one.advance(24 * 3_600_000L);
        assertThat(one.listener.counts().established().get()).isEqualTo(1);
    }

    /** The node has got rid of it, and the rest of an answer is not to be cut. */
    @Test
    void clientThatStillReadsWhatItsBackendLeftIsLeftAlone() {
        OneLoop one = drainingFor(Optional.of(Duration.ofMinutes(10)));
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.start("192.0.2.7");
        EmbeddedChannel backend = one.backendAnswers();
        Unread unread = new Unread();
        client.pipeline().addFirst(unread);
        one.publish(drain(2));
        one.advance(TEN_MINUTES - 1);
        one.receive(backend, new byte[1_000]);
        backend.close();
        one.advance(10_000);
        assertThat(one.ended(CloseReason.DRAINED)).isZero();
        assertThat(client.isOpen()).isTrue();
        unread.read(client);
        one.turn();
        assertThat(sent(client)).hasSize(Packets.authenticationOk().length + 1_000);
        assertThat(one.ended(CloseReason.BACKEND_RESET)).isEqualTo(1);
    }

    /** It may hold on to its session for ever, and its half-closed session would not end it while bytes are unread. */
    @Test
    void drainEndsAClientThatTakesNothingMore() {
        Settings settings = new Settings()
                .policies(new PoliciesConfig(
                        Policy.DRAIN, Policy.DRAIN, Optional.of(Duration.ofMinutes(10)), OptionalInt.empty()));
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.start("192.0.2.7");
        EmbeddedChannel backend = one.backendAnswers();
        client.pipeline().addFirst(new Unread());
        one.publish(drain(2));
        one.receive(backend, new byte[1_000]);
        one.finish(backend);
        one.advance(TEN_MINUTES);
        assertThat(one.ended(CloseReason.DRAINED)).isZero();
        for (long seconds = 0; seconds < settings.halfCloseTimeout.toSeconds(); seconds++) {
            one.advance(1_000);
        }
        assertThat(one.ended(CloseReason.DRAINED)).isEqualTo(1);
    }

    @Test
    void drainEndsWhoeverHasTakenAllAndStays() {
        OneLoop one = drainingFor(Optional.of(Duration.ofMinutes(10)));
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.start("192.0.2.7");
        EmbeddedChannel backend = one.backendAnswers();
        Unread unread = new Unread();
        client.pipeline().addFirst(unread);
        one.publish(drain(2));
        one.advance(TEN_MINUTES - 1);
        one.receive(backend, new byte[1_000]);
        one.finish(backend);
        one.advance(1);
        assertThat(one.ended(CloseReason.DRAINED)).isZero();
        unread.read(client);
        one.advance(1_000);
        assertThat(one.ended(CloseReason.DRAINED)).isEqualTo(1);
    }

    /** It was no relay yet when the table came. */
    @Test
    void sessionThatWasInItsHandshakeIsDrainedToo() {
        OneLoop one = drainingFor(Optional.of(Duration.ofMinutes(10)));
        one.publish(Tables.goTo(1, PG1));
        EmbeddedChannel client = one.accept();
        one.receive(client, Packets.sslRequest());
        one.receive(one.dialer.last().connects(), new byte[] {'S'});
        one.publish(drain(2));
        one.receive(client, Packets.clientHello());
        one.advance(TEN_MINUTES);
        assertThat(one.ended(CloseReason.DRAINED)).isEqualTo(1);
    }

    @Test
    void ownVerdictStandsBeforeThatOfTheSeat() {
        Verdict lost = new Verdict(Standing.END, "promoted");
        RoutingTable.Seat seat = new RoutingTable.Seat(PG1.node(), PG1.role());
        Verdict stay = new Verdict(Standing.STAY, "on-promotion: keep");
        ListenerRoute keeps = new ListenerRoute(List.of(), "nobody", 0, Map.of(seat, stay));
        RoutingTable table = new RoutingTable(1, 0, "main", Map.of("keeps", keeps), Map.of(seat, lost));
        assertThat(table.verdict("keeps", PG1.node(), PG1.role())).isEqualTo(stay);
        assertThat(table.verdict("another", PG1.node(), PG1.role())).isEqualTo(lost);
    }

    @Test
    void logTellsThatDrainedSessionsHaveEnded() {
        try (LogLines lines = new LogLines(RefusalLog.class)) {
            OneLoop one = withASession();
            one.publish(drain(2));
            one.advance(TEN_MINUTES);
            assertThat(lines.all())
                    .containsExactly("INFO listener primary: 1 ended, drained:"
                            + " pg1 had no new sessions for 10m: replica too far behind");
        }
    }
}
