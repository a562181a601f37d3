package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.PG2;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.core.FirstPacket.Kind;
import io.pgproxy.core.RelayHandler.Side;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Which candidate a session tries next. How they are balanced is {@link BalancerTest}'s. */
final class CandidateChoiceTest {
    private static final Client CLIENT = Client.of(new InetSocketAddress(OneLoop.ip("192.0.2.7"), 40_000));
    private static final List<Candidate> BOTH = List.of(PG1, PG2);

    private final Settings settings = new Settings();

    private static Optional<Candidate> choose(
            OneLoop one, List<Candidate> among, Predicate<Candidate> mayTry, Kind by) {
        return new CandidateChoice(one.listener, one.loop, mayTry).take(among, CLIENT, by);
    }

    private static Optional<Candidate> choose(OneLoop one, List<Candidate> among, Kind by) {
        return choose(one, among, any -> true, by);
    }

    /** A session of the client there has waited for an answer for a while. */
    private static SealedSession waiting(OneLoop one, Candidate at) {
        SealedSession waiting = new SealedSession(at.address(), () -> System.nanoTime() - TimeUnit.MINUTES.toNanos(1));
        waiting.spoke(Side.CLIENT);
        one.listener.sealed().add(CLIENT.source(), waiting);
        return waiting;
    }

    @Test
    void whoDidNotWorkOutIsLeftOut() {
        OneLoop one = new OneLoop(settings);
        assertThat(choose(one, BOTH, candidate -> !candidate.equals(PG1), Kind.STARTUP_MESSAGE))
                .contains(PG2);
        assertThat(choose(one, BOTH, nobody -> false, Kind.STARTUP_MESSAGE)).isEmpty();
    }

    @Test
    void placeOnTheNodeIsTakenWithTheChoice() {
        settings.rules(new Rules().maxSessionsPerNode(1).config());
        OneLoop one = new OneLoop(settings);
        assertThat(choose(one, BOTH, Kind.STARTUP_MESSAGE)).contains(PG1);
        assertThat(choose(one, BOTH, Kind.STARTUP_MESSAGE)).contains(PG2);
        assertThat(choose(one, BOTH, Kind.STARTUP_MESSAGE)).isEmpty();
    }

    @Test
    void fullNodeDrawsNobody() {
        settings.rules(new Rules().maxSessionsPerNode(1).config());
        OneLoop one = new OneLoop(settings);
        one.listener.nodes().take(PG2);
        waiting(one, PG2);
        assertThat(choose(one, BOTH, Kind.SSL_REQUEST)).contains(PG1);
    }

    /** It goes there anyway, and what comes next may need the draw. */
    @Test
    void onlyCandidateDrawsNobody() {
        OneLoop one = new OneLoop(settings);
        SealedSession waiting = waiting(one, PG2);
        for (int i = 0; i < SealedSession.MAX_DRAWN; i++) {
            assertThat(choose(one, List.of(PG2), Kind.SSL_REQUEST)).contains(PG2);
        }
        assertThat(waiting.draws(System.nanoTime())).isTrue();
    }

    @Test
    void lastResortIsNoChoice() {
        OneLoop one = new OneLoop(settings);
        SealedSession waiting = waiting(one, PG1);
        Candidate reserve = new Candidate(PG2.node(), PG2.address(), Role.FALLBACK, 1, 100);
        for (int i = 0; i < SealedSession.MAX_DRAWN; i++) {
            assertThat(choose(one, List.of(PG1, reserve), Kind.DIRECT_TLS)).contains(PG1);
        }
        assertThat(waiting.draws(System.nanoTime())).isTrue();
    }
}
