package io.pgproxy.etcd;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One question until somebody answers it or its time is over. A member that says no is followed by the next at once, one
 * that says nothing by the next after a part of the time, so that a frozen one costs a call little. Those that said no
 * are asked again: the leader may just be changing. Confined to the event loop.
 *
 * @param <A> the message that answers it
 * @param <R> what that means
 */
final class Search<A, R> {
    /** What a healthy member needs, several times over; three members fit into a call's half a second. */
    static final long HEDGE_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

    /** A token may run out while it is on its way; one that was just made and is refused again will not do. */
    private static final int MAX_LOGINS = 2;

    /** Hears what came of it: one of the first two, once. */
    interface Told<R> {
        void answer(Endpoint from, R answer);

        void failure(Trouble trouble);

        /** Another member answered too, or an answer came when the time was over. */
        void surplus(R answer);
    }

    /** How long everything may take, and how long one member may before the next is asked, or all are asked again. */
    record Patience(long callNanos, long hedgeNanos) {
        static Patience ofCall(long callNanos) {
            return new Patience(callNanos, HEDGE_NANOS);
        }
    }

    private final EventLoop loop;
    private final Credentials credentials;
    private final Question<?, A, R> question;
    private final Patience patience;
    private final Told<R> told;
    private final Supplier<List<Endpoint>> order;

    private final Deque<Endpoint> round = new ArrayDeque<>();
    private final Map<Endpoint, String> said = new LinkedHashMap<>();
    private @Nullable Future<?> deadline;
    private @Nullable Future<?> hedge;
    private final Set<Endpoint> waitedFor = new HashSet<>();
    private int logins;
    private boolean over;

    Search(
            EventLoop loop,
            Supplier<List<Endpoint>> order,
            Credentials credentials,
            Question<?, A, R> question,
            Patience patience,
            Told<R> told) {
        this.loop = loop;
        this.order = order;
        this.credentials = credentials;
        this.question = question;
        this.patience = patience;
        this.told = told;
    }

    void begin() {
        deadline = loop.schedule(this::giveUp, patience.callNanos(), TimeUnit.NANOSECONDS);
        newRound();
    }

    private void newRound() {
        round.addAll(order.get());
        round.removeAll(waitedFor);
        askNext();
    }

    private void askNext() {
        cancel(hedge);
        if (over) {
            return;
        }
        Endpoint endpoint = round.poll();
        if (endpoint != null) {
            waitedFor.add(endpoint);
            said.putIfAbsent(endpoint, "no answer yet");
            hedge = loop.schedule(this::askNext, patience.hedgeNanos(), TimeUnit.NANOSECONDS);
            credentials.provide(
                    token -> ask(endpoint, token), trouble -> troubled(endpoint, trouble, Optional.empty()));
        } else {
            hedge = loop.schedule(this::newRound, patience.hedgeNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void ask(Endpoint endpoint, Optional<String> token) {
        if (!over) {
            endpoint.ask(
                    question,
                    token,
                    Math.max(patience.callNanos(), Endpoint.PATIENCE_NANOS),
                    answer -> answered(endpoint, answer),
                    trouble -> troubled(endpoint, trouble, token));
        }
    }

    private void answered(Endpoint endpoint, A answer) {
        try {
            succeeded(endpoint, question.reading().read(answer));
        } catch (UnreadableValue e) {
            failed(new Trouble(Trouble.Kind.FINAL, endpoint + ": " + e.getMessage()));
        }
    }

    private void troubled(Endpoint endpoint, Trouble trouble, Optional<String> token) {
        waitedFor.remove(endpoint);
        said.put(endpoint, trouble.text());
        switch (trouble.kind()) {
            case SILENCE, ELSEWHERE -> askNext();
            case TOKEN -> {
                credentials.refused(token);
                if (credentials.canLogIn() && logins++ < MAX_LOGINS) {
                    round.addFirst(endpoint);
                    askNext();
                } else {
                    failed(trouble);
                }
            }
            case NO_LEASE ->
                question.whenNoLease().ifPresentOrElse(answer -> succeeded(endpoint, answer), () -> failed(trouble));
            case NO_USERS, FINAL -> failed(trouble);
        }
    }

    private void giveUp() {
        String each = said.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + entry.getValue())
                .collect(Collectors.joining(", "));
        failed(new Trouble(
                Trouble.Kind.SILENCE,
                "nobody answered within " + TimeUnit.NANOSECONDS.toMillis(patience.callNanos()) + " ms (" + each
                        + ")"));
    }

    private void succeeded(Endpoint endpoint, R answer) {
        if (over) {
            told.surplus(answer);
        } else {
            end();
            told.answer(endpoint, answer);
        }
    }

    private void failed(Trouble trouble) {
        if (!over) {
            end();
            told.failure(new Trouble(trouble.kind(), question.doing() + ": " + trouble.text()));
        }
    }

    private void end() {
        over = true;
        cancel(hedge);
        cancel(deadline);
    }

    private static void cancel(@Nullable Future<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
