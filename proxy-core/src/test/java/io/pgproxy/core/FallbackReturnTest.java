package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.PG2;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.pgproxy.config.PoliciesConfig;
import io.pgproxy.config.PoliciesConfig.Policy;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Sessions that fell back to the primary, and when they leave it for a replica. */
final class FallbackReturnTest {
    private static final Candidate PRIMARY = new Candidate(PG2.node(), PG2.address(), Role.FALLBACK, 2, 100);
    private static final Candidate REPLICA = new Candidate(PG1.node(), PG1.address(), Role.REPLICA, 0, 100);
    private static final Candidate SILENT_REPLICA = new Candidate(PG1.node(), PG1.address(), Role.REPLICA, 1, 100);
    private static final OptionalInt AT_ONCE = OptionalInt.of(100_000);

    private static Settings returning(OptionalInt perSecond) {
        return new Settings().policies(new PoliciesConfig(Policy.CLOSE, Policy.DRAIN, Optional.empty(), perSecond));
    }

    /** Twenty sessions that have fallen back. */
    private static OneLoop fallenBack(Settings settings) {
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.goTo(1, PRIMARY));
        for (int i = 0; i < 20; i++) {
            one.start("192.0.2.7");
            one.backendAnswers();
        }
        return one;
    }

    /** Each session looks after itself at least once in that time; the last one of many at the end of it. */
    private static void everySessionTicks(OneLoop one) {
        for (long millis = 0; millis < 5 * RelayLoop.TICK_MILLIS; millis += 100) {
            one.advance(100);
        }
    }

    private static int left(OneLoop one) {
        return one.ended(CloseReason.FALLBACK_RETURN);
    }

    @Test
    void leaveWhenThereIsAReplica() {
        OneLoop one = fallenBack(returning(AT_ONCE));
        one.publish(Tables.goTo(2, REPLICA, PRIMARY));
        everySessionTicks(one);
        assertThat(left(one)).isEqualTo(20);
    }

    @Test
    void stayWhileThereIsNone() {
        OneLoop one = fallenBack(returning(AT_ONCE));
        everySessionTicks(one);
        assertThat(left(one)).isZero();
    }

    @Test
    void stayWhileItDoesNotAnswer() {
        OneLoop one = fallenBack(returning(AT_ONCE));
        one.publish(Tables.goTo(2, SILENT_REPLICA, PRIMARY));
        everySessionTicks(one);
        assertThat(left(one)).isZero();
    }

    @Test
    void stayWhileItIsFull() {
        Settings settings =
                returning(AT_ONCE).rules(new Rules().maxSessionsPerNode(20).config());
        OneLoop one = fallenBack(settings);
        for (int i = 0; i < 20; i++) {
            one.listener.nodes().take(REPLICA);
        }
        one.publish(Tables.goTo(2, REPLICA, PRIMARY));
        everySessionTicks(one);
        assertThat(left(one)).isZero();
    }

    @Test
    void stayWhereNothingElseIsSaid() {
        OneLoop one = fallenBack(new Settings());
        one.publish(Tables.goTo(2, REPLICA, PRIMARY));
        everySessionTicks(one);
        assertThat(left(one)).isZero();
    }

    @Test
    void sessionsOnReplicasAreNotConcerned() {
        OneLoop one = new OneLoop(returning(AT_ONCE));
        one.publish(Tables.goTo(1, REPLICA, PRIMARY));
        one.start("192.0.2.7");
        one.backendAnswers();
        everySessionTicks(one);
        assertThat(left(one)).isZero();
    }

    /** Its backend burdens the primary no more. */
    @Test
    void stayWhileTheyReadWhatTheirBackendHasLeft() {
        Settings settings = returning(AT_ONCE);
        settings.halfCloseTimeout = Duration.ofHours(1);
        OneLoop one = new OneLoop(settings);
        one.publish(Tables.goTo(1, PRIMARY));
        EmbeddedChannel client = one.start("192.0.2.7");
        EmbeddedChannel backend = one.backendAnswers();
        Unread unread = new Unread();
        client.pipeline().addFirst(unread);
        one.receive(backend, new byte[1_000]);
        one.finish(backend);
        one.publish(Tables.goTo(2, REPLICA, PRIMARY));
        everySessionTicks(one);
        assertThat(left(one)).isZero();
        unread.read(client);
        everySessionTicks(one);
        assertThat(left(one)).isEqualTo(1);
    }

    @Test
    void whoComesAgainGetsAReplica() {
        OneLoop one = fallenBack(returning(AT_ONCE));
        one.publish(Tables.goTo(2, REPLICA, PRIMARY));
        everySessionTicks(one);
        EmbeddedChannel again = one.start("192.0.2.7");
        assertThat(again.isOpen()).isTrue();
        assertThat(one.dialer.last().address).isEqualTo(PG1.address());
    }

    @Test
    void noMoreGoThanTheRateAllows() {
        FallbackReturn returns = new FallbackReturn(OptionalInt.of(5));
        int gone = 0;
        for (long millis = 0; millis < 10_000; millis += 10) {
            gone += returns.take(TimeUnit.MILLISECONDS.toNanos(millis)) ? 1 : 0;
        }
        assertThat(gone).isEqualTo(50);
    }

    @Test
    void noneGoesWhereItIsOff() {
        FallbackReturn returns = new FallbackReturn(OptionalInt.empty());
        assertThat(returns.isOn()).isFalse();
        assertThat(returns.take(0)).isFalse();
    }

    /** However long nobody asked, there is no rush. */
    @Test
    void restIsNotSaved() {
        FallbackReturn returns = new FallbackReturn(OptionalInt.of(5));
        returns.take(0);
        long later = TimeUnit.HOURS.toNanos(1);
        assertThat(returns.take(later)).isTrue();
        assertThat(returns.take(later)).isFalse();
    }
}
