package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.PG2;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproxy.core.RelayHandler.Side;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Where a client's encrypted cancel may have to go. */
final class SealedSessionsTest {
    private static final Source CLIENT = Source.of(OneLoop.ip("192.0.2.7"));
    private static final Source OTHER = Source.of(OneLoop.ip("192.0.2.8"));

    private final SealedSessions sessions = new SealedSessions();
    private long nowNanos = Long.MAX_VALUE - 1; // any point in time will do, before an overflow as well

    /** Its client has just spoken. */
    private SealedSession asking(Source client, Candidate at) {
        SealedSession session = new SealedSession(at.address(), () -> nowNanos);
        session.spoke(Side.CLIENT);
        sessions.add(client, session);
        return session;
    }

    private Set<InetSocketAddress> drawing() {
        return sessions.drawing(CLIENT, nowNanos);
    }

    @Test
    void areThoseOfTheClientThatHaveWaitedForAWhile() {
        asking(CLIENT, PG1);
        asking(OTHER, PG2);
        nowNanos += SealedSession.PATIENCE_NANOS - 1;
        assertThat(drawing()).isEmpty();
        nowNanos++;
        assertThat(drawing()).containsExactly(PG1.address());
    }

    @Test
    void moreWordsBeforeTheAnswerAreNoNewWait() {
        SealedSession session = asking(CLIENT, PG1);
        nowNanos += SealedSession.PATIENCE_NANOS;
        session.spoke(Side.CLIENT);
        assertThat(drawing()).containsExactly(PG1.address());
    }

    @Test
    void whoWasAnsweredWaitsNoLonger() {
        SealedSession session = asking(CLIENT, PG1);
        nowNanos += SealedSession.PATIENCE_NANOS;
        session.spoke(Side.BACKEND);
        assertThat(drawing()).isEmpty();
        session.spoke(Side.CLIENT);
        assertThat(drawing()).isEmpty();
        nowNanos += SealedSession.PATIENCE_NANOS;
        assertThat(drawing()).containsExactly(PG1.address());
    }

    @Test
    void oneWaitDrawsSoManyAndTheNextOneAgain() {
        SealedSession session = asking(CLIENT, PG1);
        nowNanos += SealedSession.PATIENCE_NANOS;
        for (int i = 0; i < SealedSession.MAX_DRAWN; i++) {
            assertThat(drawing()).containsExactly(PG1.address());
            sessions.drawn(CLIENT, PG1.address(), nowNanos);
        }
        assertThat(drawing()).isEmpty();
        session.spoke(Side.BACKEND);
        session.spoke(Side.CLIENT);
        nowNanos += SealedSession.PATIENCE_NANOS;
        assertThat(drawing()).containsExactly(PG1.address());
    }

    @Test
    void connectionThatWentElsewhereWasNotDrawnHere() {
        asking(CLIENT, PG1);
        nowNanos += SealedSession.PATIENCE_NANOS;
        for (int i = 0; i < SealedSession.MAX_DRAWN; i++) {
            sessions.drawn(CLIENT, PG2.address(), nowNanos);
            sessions.drawn(OTHER, PG1.address(), nowNanos);
        }
        assertThat(drawing()).containsExactly(PG1.address());
    }

    @Test
    void poolIsLeftToTheBalance() {
        List<SealedSession> pool = new ArrayList<>();
        for (int i = 0; i <= SealedSessions.MAX_OF_ONE_CLIENT; i++) {
            pool.add(asking(CLIENT, PG1));
        }
        nowNanos += SealedSession.PATIENCE_NANOS;
        assertThat(drawing()).isEmpty();
        sessions.remove(CLIENT, pool.get(0));
        assertThat(drawing()).containsExactly(PG1.address());
    }

    @Test
    void nothingIsKeptOfWhoHasLeft() {
        SealedSession session = asking(CLIENT, PG1);
        nowNanos += SealedSession.PATIENCE_NANOS;
        sessions.remove(CLIENT, session);
        assertThat(sessions.clients()).isZero();
        assertThat(drawing()).isEmpty();
    }
}
