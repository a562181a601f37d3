package io.pgproxy.core;

import static io.pgproxy.core.OneLoop.PG1;
import static io.pgproxy.core.OneLoop.PG2;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.pgproxy.core.LiveSessions.Found;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whose the sessions of a loop are, and the end of some of them. */
@Timeout(30)
final class LiveSessionsTest {
    private static final SessionFilter ON_PG1 = SessionFilter.ALL.on(Settings.PG1);

    private final OneLoop one = oneLoop();
    private final LiveSessions sessions = new LiveSessions(List.of(one.loop));

    private static OneLoop oneLoop() {
        Settings settings = new Settings();
        settings.maxSessions = 1_000;
        settings.maxParked = 1_000;
        return new OneLoop(settings);
    }

    private CompletionStage<Found> end(SessionFilter filter) {
        return sessions.end(filter, sessions.dueNanos());
    }

    private Found find(int most) {
        return answer(sessions.find(SessionFilter.ALL, most, sessions.dueNanos()));
    }

    /** Everything that the loop has to do for it is done. */
    private Found answer(CompletionStage<Found> asked) {
        CompletableFuture<Found> answer = asked.toCompletableFuture();
        for (int part = 0; part < 20; part++) {
            one.advance(SessionWalk.PAUSE_MILLIS);
        }
        return answer.join();
    }

    /** A session on that node alone. */
    private EmbeddedChannel sessionOn(Candidate node, String client) {
        one.publish(Tables.goTo(one.routes.current().version() + 1, node));
        EmbeddedChannel channel = one.start(client);
        one.backendAnswers();
        return channel;
    }

    @Test
    void tellsWhoseASessionIsAndWhere() {
        EmbeddedChannel client = sessionOn(PG1, "192.0.2.7");
        one.receive(client, new byte[10]);
        Found found = find(10);
        assertThat(found.count()).isEqualTo(1);
        assertThat(found.silentLoops()).isZero();
        SessionStatus session = found.sessions().get(0);
        assertThat(session.client().getAddress().getHostAddress()).isEqualTo("192.0.2.7");
        assertThat(session.listener()).isEqualTo(Settings.LISTENER);
        assertThat(session.backend().map(SessionStatus.Backend::node)).contains(Settings.PG1);
        assertThat(session.bytesIn()).isEqualTo(10);
        assertThat(session.bytesOut()).isEqualTo(Packets.authenticationOk().length);
    }

    @Test
    void whoWaitsIsNowhere() {
        one.start("192.0.2.7");
        assertThat(find(10).sessions()).hasSize(1).allMatch(session -> session.backend()
                .isEmpty());
    }

    @Test
    void whoHasSaidNothingIsNoSession() {
        one.accept("192.0.2.7");
        assertThat(find(10).count()).isZero();
    }

    @Test
    void whoWasGrantedEncryptionIsWithTheNodeThatDidSo() {
        one.publish(Tables.goTo(1, PG2));
        EmbeddedChannel client = one.accept("192.0.2.7");
        one.receive(client, Packets.sslRequest());
        one.receive(one.dialer.last().connects(), new byte[] {'S'});
        assertThat(find(10).sessions().get(0).backend().map(SessionStatus.Backend::node))
                .contains(Settings.PG2);
    }

    @Test
    void whoWasDeclinedEncryptionIsStillASession() {
        one.publish(Tables.goTo(1, PG2));
        EmbeddedChannel client = one.accept("192.0.2.7");
        one.receive(client, Packets.sslRequest());
        one.receive(one.dialer.last().connects(), new byte[] {ServerMessage.DECLINED});
        Found found = find(10);
        assertThat(found.count()).isEqualTo(one.admission.sessions().used()).isEqualTo(1);
        assertThat(found.sessions().get(0).backend().map(SessionStatus.Backend::node))
                .contains(Settings.PG2);
    }

    @Test
    void whoReadsWhatALostBackendHasLeftIsOnNoNode() {
        EmbeddedChannel client = sessionOn(PG1, "192.0.2.7");
        client.pipeline().addFirst(new Unread());
        EmbeddedChannel backend = one.dialer.last().channel;
        one.receive(backend, new byte[1_000]);
        backend.close();
        assertThat(answer(end(ON_PG1)).count()).isZero();
        SessionStatus session = find(10).sessions().get(0);
        assertThat(session.backend()).isEmpty();
        assertThat(session.bytesOut()).isEqualTo(Packets.authenticationOk().length + 1_000);
    }

    @Test
    void whoReadsWhatABackendThatIsDoneHasLeftIsOnNoNodeEither() {
        EmbeddedChannel client = sessionOn(PG1, "192.0.2.7");
        client.pipeline().addFirst(new Unread());
        EmbeddedChannel backend = one.dialer.last().channel;
        one.receive(backend, new byte[1_000]);
        one.finish(backend);
        assertThat(answer(end(ON_PG1)).count()).isZero();
        assertThat(find(10).sessions().get(0).backend()).isEmpty();
    }

    @Test
    void tellsOfNoMoreThanWereAskedForAndCountsAll() {
        for (int i = 1; i <= 5; i++) {
            one.start("192.0.2." + i);
        }
        Found found = find(3);
        assertThat(found.sessions()).hasSize(3);
        assertThat(found.count()).isEqualTo(5);
    }

    @Test
    void oldestComesFirst() {
        for (int i = 1; i <= 3; i++) {
            one.start("192.0.2." + i);
        }
        assertThat(find(10).sessions())
                .extracting(session -> session.client().getAddress().getHostAddress())
                .containsExactly("192.0.2.1", "192.0.2.2", "192.0.2.3");
    }

    @Test
    void endsThoseOnTheNodeAndNoOthers() {
        EmbeddedChannel there = sessionOn(PG1, "192.0.2.7");
        EmbeddedChannel elsewhere = sessionOn(PG2, "192.0.2.8");
        EmbeddedChannel waiting = one.accept("192.0.2.9");
        assertThat(answer(end(ON_PG1)).count()).isEqualTo(1);
        assertThat(there.isOpen()).isFalse();
        assertThat(elsewhere.isOpen()).isTrue();
        assertThat(waiting.isOpen()).isTrue();
        assertThat(one.ended(CloseReason.ENDED_BY_OPERATOR)).isEqualTo(1);
    }

    @Test
    void portThatNoSessionHasEndsNobody() {
        EmbeddedChannel client = sessionOn(PG1, "192.0.2.7");
        SessionFilter filter = new SessionFilter(OptionalInt.of(40_123), Optional.of(Settings.PG1));
        assertThat(answer(end(filter)).count()).isZero();
        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void logTellsHowManyWereEndedAndWhose() {
        sessionOn(PG1, "192.0.2.7");
        try (LogLines lines = new LogLines(LiveSessions.class)) {
            answer(end(ON_PG1));
            assertThat(lines.all()).hasSize(1);
            assertThat(lines.all().get(0)).startsWith("INFO ended 1 sessions on pg1, of 192.0.2.7:");
        }
    }

    @Test
    void manyAreLookedAtInParts() {
        List<EmbeddedChannel> clients = new ArrayList<>();
        for (int i = 0; i < 2 * SessionWalk.PART + 50; i++) {
            clients.add(sessionOn(PG1, "192.0.2.7"));
        }
        CompletableFuture<Found> ended = end(ON_PG1).toCompletableFuture();
        List<Long> open = new ArrayList<>();
        one.turn();
        for (int part = 0; part < 3; part++) {
            open.add(clients.stream().filter(EmbeddedChannel::isOpen).count());
            one.advance(SessionWalk.PAUSE_MILLIS);
        }
        assertThat(open).containsExactly(150L, 50L, 0L);
        assertThat(ended.join().count()).isEqualTo(250);
    }

    @Test
    void sessionThatEndsWhileOthersAreLookedAtIsNotEndedTwice() {
        List<EmbeddedChannel> clients = new ArrayList<>();
        for (int i = 0; i < SessionWalk.PART + 1; i++) {
            clients.add(sessionOn(PG1, "192.0.2.7"));
        }
        CompletableFuture<Found> ended = end(ON_PG1).toCompletableFuture();
        one.turn();
        EmbeddedChannel last =
                clients.stream().filter(EmbeddedChannel::isOpen).findFirst().orElseThrow();
        last.close();
        one.advance(SessionWalk.PAUSE_MILLIS);
        assertThat(ended.join().count()).isEqualTo(SessionWalk.PART);
        assertThat(one.ended(CloseReason.ENDED_BY_OPERATOR)).isEqualTo(SessionWalk.PART);
    }

    @Test
    void loopThatHangsIsLeftOutAndEndsNobodyLater() {
        LiveSessions impatient = new LiveSessions(List.of(one.loop), Duration.ofMillis(1));
        EmbeddedChannel client = sessionOn(PG1, "192.0.2.7");
        Found ended = impatient
                .end(ON_PG1, impatient.dueNanos())
                .toCompletableFuture()
                .join();
        assertThat(ended.silentLoops()).isEqualTo(1);
        assertThat(ended.count()).isZero();
        one.turn();
        assertThat(client.isOpen()).isTrue();
    }

    /** An order's second question has what the first one left, and the answer comes all the same. */
    @Test
    void questionThatComesTooLateIsAnsweredByNoLoopAndEndsNobody() {
        EmbeddedChannel client = sessionOn(PG1, "192.0.2.7");
        Found ended = answer(sessions.end(ON_PG1, System.nanoTime()));
        assertThat(ended.silentLoops()).isEqualTo(1);
        assertThat(client.isOpen()).isTrue();
    }
}
