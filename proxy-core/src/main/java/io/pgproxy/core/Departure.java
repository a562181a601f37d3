package io.pgproxy.core;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * The end of all connections of one loop that came by some addresses. A part of them ends in each turn, so that clients
 * that came by other addresses need not wait for thousands of ends. Confined to the loop, but for {@link #done} and
 * {@link #foundNobody}.
 */
final class Departure {
    static final String WHY = "the address of this connection moves to another host; connect again";
    /** How many sessions end in one turn, in a few milliseconds. */
    static final int PART = 100;
    /** Between two parts the loop serves all others. */
    static final long PAUSE_MILLIS = 1;
    /** Last words are sent at once and need no more; whoever is here after that is reset. */
    static final long LAST_WORDS_MILLIS = 50;

    private final Set<InetAddress> addresses;
    private final RelayLoop loop;
    private final Deadline next;
    private final CompletableFuture<Integer> done = new CompletableFuture<>();
    private int sessions;
    private boolean over;

    Departure(Set<InetAddress> addresses, RelayLoop loop) {
        this.addresses = addresses;
        this.loop = loop;
        this.next = new Deadline(loop.eventLoop());
    }

    /** Completes when nobody is left, with how many sessions were ended; or fails, if they may stay. */
    CompletionStage<Integer> done() {
        return done;
    }

    void begin(long drainNanos) {
        visitorLeft();
        if (!over && drainNanos > 0) {
            next.in(drainNanos, this::endAll);
        } else if (!over) {
            endAll();
        }
    }

    /** One or another; it may have been the last. */
    void visitorLeft() {
        if (!over && loop.visitors().cameNoneBy(addresses)) {
            finish();
        }
    }

    void callOffIfFrom(Set<InetAddress> opened) {
        if (addresses.stream().anyMatch(opened::contains)) {
            callOff();
        }
    }

    private void endAll() {
        if (isStillWanted()) {
            endThoseWithoutSession();
            if (!over) {
                endPart();
            }
        }
    }

    /** A newcomer may have been let in since, which the task that calls us off tells only after it. */
    private boolean isStillWanted() {
        boolean wanted = loop.movable().areClosed(addresses);
        if (!wanted) {
            callOff();
        }
        return wanted;
    }

    /** They have been told all that they will be told, and cancel requests are delivered without their senders. */
    private void endThoseWithoutSession() {
        Set<Channel> others = new HashSet<>(loop.visitors().by(addresses));
        loop.sessions(this::isTheirs, Integer.MAX_VALUE).forEach(session -> others.remove(session.channel()));
        others.forEach(Reset::of);
    }

    private boolean isTheirs(Session session) {
        return loop.visitors().cameBy(addresses, session.channel());
    }

    private void endPart() {
        if (!isStillWanted()) {
            return;
        }
        List<Session> part = loop.sessions(this::isTheirs, PART);
        sessions += part.size();
        RelayLoop.forEach(part, session -> session.onAddressMoved(WHY));
        if (over) {
            return;
        }
        if (part.size() == PART) {
            next.in(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS), this::endPart);
        } else {
            next.in(TimeUnit.MILLISECONDS.toNanos(LAST_WORDS_MILLIS), this::endTheRest);
        }
    }

    private void endTheRest() {
        if (isStillWanted()) {
            loop.visitors().by(addresses).forEach(Reset::of);
        }
    }

    /**
     * NIO's sockets are closed, and their resets sent, when its selector turns, which it does before any timer fires. A
     * timer that the end of the loop has cancelled will do as well.
     */
    private void finish() {
        leave();
        if (loop.eventLoop().isShuttingDown()) {
            done.complete(sessions);
        } else {
            loop.eventLoop()
                    .schedule(() -> {}, PAUSE_MILLIS, TimeUnit.MILLISECONDS)
                    .addListener(fired -> done.complete(sessions));
        }
    }

    /** There is no loop any more, and so nobody on it. */
    void foundNobody() {
        done.complete(0);
    }

    private void callOff() {
        leave();
        done.cancel(false);
    }

    private void leave() {
        over = true;
        next.disarm();
        loop.visitors().departed(this);
    }
}
