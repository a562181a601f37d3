package io.pgproxy.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All sessions of the proxy, to look at and to end from outside: each relay loop is asked for its own, and what it has
 * not told in time is left out. Safe from any thread.
 */
public final class LiveSessions {
    private static final Logger LOG = LoggerFactory.getLogger(LiveSessions.class);
    /** Ten thousand sessions of one loop take a fifth of a second to look at, and a second to end. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    /** For an answer that was begun in time: who has not told by then hangs. */
    private static final Duration GRACE = Duration.ofMillis(500);

    private static final String WHY = "ordered over the admin socket";

    private final Collection<RelayLoop> loops;
    private final Duration patience;

    LiveSessions(Collection<RelayLoop> loops) {
        this(loops, PATIENCE);
    }

    /** @param patience how long the loops may take; one that answers nothing costs half a second more */
    LiveSessions(Collection<RelayLoop> loops, Duration patience) {
        this.loops = List.copyOf(loops);
        this.patience = patience;
    }

    /**
     * Sessions that fit.
     *
     * @param sessions the oldest first; where there are more than were asked for, which ones is left open
     * @param count how many there are
     * @param silentLoops how many relay loops had no time to look at all of theirs, which may be missing
     */
    public record Found(List<SessionStatus> sessions, int count, int silentLoops) {}

    /** Until when an order that comes now may go on: the monotonic time, for all the questions that it asks. */
    public long dueNanos() {
        return System.nanoTime() + patience.toNanos();
    }

    /**
     * Looks who is there.
     *
     * @param most how many of them to tell of, 0 and more
     * @param dueNanos by {@link #dueNanos}; a loop that has not told by then is silent
     * @return completes half a second after that at the latest, on a thread that is no relay loop
     */
    public CompletionStage<Found> find(SessionFilter filter, int most, long dueNanos) {
        return ask(filter, most, dueNanos, session -> {});
    }

    /**
     * Ends those that are there now, each at once. A loop that hangs and goes on after the answer was given ends nobody
     * any more.
     *
     * @param dueNanos by {@link #dueNanos}; a loop that is not done by then is silent, and may have ended some
     * @return completes half a second after that at the latest, on a thread that is no relay loop, with those that were
     *     ended; one of them is told of
     */
    public CompletionStage<Found> end(SessionFilter filter, long dueNanos) {
        return ask(filter, 1, dueNanos, session -> session.end(CloseReason.ENDED_BY_OPERATOR, WHY))
                .thenApply(ended -> {
                    log(ended, filter);
                    return ended;
                });
    }

    private CompletionStage<Found> ask(SessionFilter filter, int most, long untilNanos, Consumer<Session> action) {
        long leftNanos = Math.max(0, untilNanos - System.nanoTime());
        List<CompletableFuture<SessionWalk.Seen>> answers = loops.stream()
                .map(loop -> loop.walk(filter, most, untilNanos, action).toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                .orTimeout(leftNanos + GRACE.toNanos(), TimeUnit.NANOSECONDS)
                .handleAsync((all, late) -> sum(answers, most));
    }

    private static Found sum(List<CompletableFuture<SessionWalk.Seen>> answers, int most) {
        List<SessionStatus> sessions = new ArrayList<>();
        int count = 0;
        int silent = 0;
        for (CompletableFuture<SessionWalk.Seen> answer : answers) {
            SessionWalk.Seen seen = answer.getNow(SessionWalk.Seen.NOTHING);
            sessions.addAll(seen.told());
            count += seen.count();
            silent += seen.whole() ? 0 : 1;
        }
        sessions.sort(Comparator.comparingLong(SessionStatus::ageNanos).reversed());
        return new Found(List.copyOf(sessions.subList(0, Math.min(most, sessions.size()))), count, silent);
    }

    private static void log(Found ended, SessionFilter filter) {
        String one = ended.count() == 1 && !ended.sessions().isEmpty()
                ? ", of " + clientOf(ended.sessions().get(0))
                : "";
        LOG.info("ended {} sessions {}{}: {}", ended.count(), filter, one, WHY);
        if (ended.silentLoops() > 0) {
            LOG.warn("{} relay loops had no time to end theirs", ended.silentLoops());
        }
    }

    private static Client clientOf(SessionStatus session) {
        return new Client(session.client(), session.balancer().isPresent());
    }
}
