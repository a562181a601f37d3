package io.pgproxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
    private static final long TOLERATED = 10;

    private final Deque<CompletableFuture<Void>> questions = new ArrayDeque<>();
    private final Heartbeat heartbeat = new Heartbeat(Map.of("relay loops", () -> {
        questions.add(new CompletableFuture<>());
        return questions.getLast();
    }));

    @Test
    void accusesNobodyBeforeItHasAsked() {
        assertThat(heartbeat.stuck(1_000, TOLERATED)).isEmpty();
    }

    @Test
    void isPatientForAWhile() {
        heartbeat.ask(0);

        assertThat(heartbeat.stuck(TOLERATED, TOLERATED)).isEmpty();
    }

    @Test
    void namesWhoDoesNotAnswer() {
        heartbeat.ask(0);

        assertThat(heartbeat.stuck(TOLERATED + 1, TOLERATED)).containsExactly("relay loops");
    }

    @Test
    void forgivesWhoAnswersLate() {
        heartbeat.ask(0);
        questions.getFirst().complete(null);

        assertThat(heartbeat.stuck(TOLERATED + 1, TOLERATED)).isEmpty();
    }

    @Test
    void asksAStuckLoopOnlyOnce() {
        heartbeat.ask(0);
        heartbeat.ask(5);

        assertThat(questions).hasSize(1);
        assertThat(heartbeat.stuck(TOLERATED + 1, TOLERATED)).isNotEmpty();
    }

    @Test
    void asksAgainAfterAnAnswer() {
        heartbeat.ask(0);
        questions.getFirst().complete(null);
        heartbeat.ask(100);

        assertThat(heartbeat.stuck(100 + TOLERATED + 1, TOLERATED)).containsExactly("relay loops");
    }

    @Test
    void aLoopThatWasShutDownIsStuck() {
        Heartbeat refused = new Heartbeat(Map.of("relay loops", () -> {
            throw new RejectedExecutionException("on purpose");
        }));
        refused.ask(0);

        assertThat(refused.stuck(TOLERATED + 1, TOLERATED)).containsExactly("relay loops");
    }

    @Test
    void aTurnThatFailedIsNone() {
        heartbeat.ask(0);
        questions.getFirst().completeExceptionally(new IllegalStateException("on purpose"));

        assertThat(heartbeat.stuck(TOLERATED + 1, TOLERATED)).containsExactly("relay loops");
    }
}
