package io.pgproxy.admin;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Whether the loops that do the work still turn: each is asked for a turn, and has to make it soon. Confined to the
 * admin thread, but for the answers.
 *
 * <p>A loop owes at most one answer at a time, so a stuck one does not collect questions. The age of a question that
 * waits is what counts, not that of the last answer: so a process that was itself paused does not accuse its loops.
 */
final class Heartbeat {
    private final List<Beat> beats;

    /**
     * @param turns for each name under which stuck loops are reported: asks them for a turn, completes when they
     *     made it
     */
    Heartbeat(Map<String, Supplier<CompletionStage<Void>>> turns) {
        beats = turns.entrySet().stream()
                .map(loops -> new Beat(loops.getKey(), loops.getValue()))
                .toList();
    }

    /** Asks whoever owes no answer. */
    void ask(long nowNanos) {
        beats.forEach(beat -> beat.ask(nowNanos));
    }

    /** The names of those that have owed an answer for longer than that. */
    List<String> stuck(long nowNanos, long toleratedNanos) {
        return beats.stream()
                .filter(beat -> beat.owed && nowNanos - beat.askedNanos > toleratedNanos)
                .map(beat -> beat.name)
                .toList();
    }

    private static final class Beat {
        private final String name;
        private final Supplier<CompletionStage<Void>> turn;
        private long askedNanos;
        private volatile boolean owed;

        Beat(String name, Supplier<CompletionStage<Void>> turn) {
            this.name = name;
            this.turn = turn;
        }

        void ask(long nowNanos) {
            if (owed) {
                return;
            }
            askedNanos = nowNanos;
            owed = true;
            try {
                turn.get().thenRun(() -> owed = false);
            } catch (RejectedExecutionException e) {
                // A loop that was shut down never answers, and so is reported like a stuck one.
            }
        }
    }
}
