package io.pgproxy.core;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A look at all sessions of one loop, a part of them in each turn, so that nobody's bytes wait for it. Whoever comes
 * meanwhile is not looked at. Confined to the loop, but for {@link #done} and {@link #foundNobody}.
 */
final class SessionWalk {
    /** How many are looked at, and maybe ended, in one turn, in a few milliseconds. */
    static final int PART = 100;
    /** Between two parts the loop serves all sessions. */
    static final long PAUSE_MILLIS = 1;

    private final RelayLoop loop;
    private final SessionFilter filter;
    private final int most;
    private final long untilNanos;
    private final Consumer<Session> action;
    private final Deadline next;
    private final List<SessionStatus> told = new ArrayList<>();
    private final CompletableFuture<Seen> done = new CompletableFuture<>();
    private int count;

    /**
     * What one loop has seen.
     *
     * @param told some of those that fit
     * @param count of all that fit
     * @param whole whether every session was looked at
     */
    record Seen(List<SessionStatus> told, int count, boolean whole) {
        static final Seen NOTHING = new Seen(List.of(), 0, false);
    }

    /**
     * A walk that has not begun.
     *
     * @param most how many sessions to tell of
     * @param untilNanos the monotonic time at which it stops, wherever it is: nobody waits for it any more, and what
     *     was ordered once must not happen at another time
     * @param action done to each that fits, after its status was taken
     */
    SessionWalk(RelayLoop loop, SessionFilter filter, int most, long untilNanos, Consumer<Session> action) {
        this.loop = loop;
        this.filter = filter;
        this.most = most;
        this.untilNanos = untilNanos;
        this.action = action;
        this.next = new Deadline(loop.eventLoop());
    }

    /** Completes when it is over; never, if the loop hangs. */
    CompletionStage<Seen> done() {
        return done;
    }

    void begin() {
        look(loop.sessions(any -> true, Integer.MAX_VALUE).iterator());
    }

    /** There is no loop any more, and so nobody on it. */
    void foundNobody() {
        end(true);
    }

    private void look(Iterator<Session> rest) {
        long nowNanos = loop.now();
        if (nowNanos - untilNanos >= 0) {
            end(false);
            return;
        }
        List<Session> part = new ArrayList<>(PART);
        while (part.size() < PART && rest.hasNext()) {
            part.add(rest.next());
        }
        RelayLoop.forEach(part, session -> look(session, nowNanos));
        if (rest.hasNext()) {
            next.in(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS), () -> look(rest));
        } else {
            end(true);
        }
    }

    private void look(Session session, long nowNanos) {
        if (loop.has(session)) { // it may have ended since the walk began
            session.status(nowNanos).filter(filter::fits).ifPresent(status -> found(session, status));
        }
    }

    private void found(Session session, SessionStatus status) {
        count++;
        if (told.size() < most) {
            told.add(status);
        }
        action.accept(session);
    }

    private void end(boolean whole) {
        done.complete(new Seen(List.copyOf(told), count, whole));
    }
}
