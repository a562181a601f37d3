package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One session's search for a backend that answers: which one, when again, and what a new table does to it. Confined to
 * the client's event loop, on which every backend connection of the session lives too.
 *
 * <p>The one subtle race of the program is settled here. A session picks its backend from one table and may finish
 * connecting under the next. So it is registered with its loop before it reads a table at all ({@link Opening#begin}),
 * and it reads the newest one again when the connect is done ({@link #connected}). The publisher makes a table visible
 * first and tells the loops afterwards: either the second look sees the new table, or the loop's sweep finds the
 * session registered.
 */
final class BackendSearch {
    private enum State {
        /** Nobody is asked. */
        IDLE,
        /** Waits in its listener's queue, for a table with a candidate or for another try of those that failed. */
        PARKED,
        /** A backend is being connected, or was asked and has not answered. */
        ATTEMPTING,
        /** A backend has answered and is kept for what the client says next. */
        ANSWERED
    }

    private final Opening opening;
    private final EventLoop eventLoop;
    private final Listener listener;
    private final RelayLoop loop;
    private final Parking parking;
    private final Set<String> triedThisRound = new HashSet<>();
    private State state = State.IDLE;
    private @Nullable Attempt attempt;
    private String lastFailure = "";
    private boolean mayWait = true;

    BackendSearch(Opening opening, EventLoop eventLoop, Listener listener, RelayLoop loop) {
        this.opening = opening;
        this.eventLoop = eventLoop;
        this.listener = listener;
        this.loop = loop;
        this.parking = new Parking(this, listener, loop);
    }

    /** The client has asked for something. */
    void begin() {
        Attempt kept = attempt;
        if (kept != null) { // encryption was declined before, and the same backend is asked again
            state = State.ATTEMPTING;
            ask(kept);
        } else if (loop.queue(listener).isWaitedIn() && !loop.isDraining()) {
            park(); // first come, first served; but whose turn it was may go on to the next candidate
        } else {
            pick();
        }
    }

    private void ask(Attempt one) {
        one.ask(opening.words().request(), opening.words().copy());
    }

    /** The client has said more of what it asked; the bytes become ours. */
    void add(ByteBuf bytes) {
        if (attempt != null) {
            attempt.add(bytes);
        } else {
            bytes.release(); // whoever is asked next is told all of it
        }
    }

    private void pick() {
        if (loop.isDraining()) {
            opening.refuse(CloseReason.SHUTDOWN, "the proxy is shutting down");
            return;
        }
        List<Candidate> candidates =
                loop.routes().current().route(listener.name()).candidates();
        Optional<Candidate> choice = choose(candidates);
        if (choice.isPresent()) {
            tryOn(choice.get());
        } else if (!candidates.isEmpty() && candidates.stream().noneMatch(this::hasRoom)) {
            opening.refuse(listener.nodes().allFull(candidates));
        } else {
            park();
            if (state == State.PARKED && !candidates.isEmpty()) {
                loop.retryParked();
            }
        }
    }

    /** The best one with a place, which is taken then; another loop may take the last one between look and grasp. */
    private Optional<Candidate> choose(List<Candidate> candidates) {
        Optional<Candidate> choice;
        do {
            choice = loop.balancer(listener)
                    .choose(
                            candidates,
                            candidate -> !triedThisRound.contains(candidate.node()) && hasRoom(candidate),
                            opening.client().ip(),
                            loop.now());
        } while (choice.isPresent() && !listener.nodes().take(choice.get()));
        return choice;
    }

    private boolean hasRoom(Candidate candidate) {
        return listener.nodes().hasRoom(candidate);
    }

    private void tryOn(Candidate candidate) {
        parking.leave();
        state = State.ATTEMPTING;
        attempt = new Attempt(this, NodePlace.of(candidate, listener, loop.load()), loop);
        attempt.begin(eventLoop);
    }

    /** The second look: the table may have changed while the connect was under way. */
    void connected(Attempt connected) {
        if (loop.routes().current().route(listener.name()).offers(connected.candidate())) {
            ask(connected);
        } else {
            drop();
            pick();
        }
    }

    /** The attempt ended by itself, for that reason. */
    void attemptFailed(Attempt failed, String reason) {
        lastFailure = reason;
        triedThisRound.add(failed.candidate().node());
        loop.connectFailed(failed.candidate().node(), reason);
        State before = state;
        drop();
        if (before == State.ATTEMPTING) {
            pick();
        } else {
            opening.backendLeft(reason);
        }
    }

    /** The machine has no socket or no port left for the attempt, which says nothing about the node. */
    void noSocket(String reason) {
        drop();
        opening.refuse(CloseReason.NO_SOCKET, reason);
    }

    /** Takes a backend's answer, whose buffer becomes ours. */
    void answered(ByteBuf answer) {
        state = State.ANSWERED;
        triedThisRound.clear();
        opening.answered(answer);
    }

    /** Leaves the backend that has answered to the relay. */
    Attempt handOver() {
        Attempt won = attempt;
        if (won == null) {
            throw new IllegalStateException("an answer without an attempt");
        }
        attempt = null;
        return won;
    }

    void onTable(RoutingTable table) {
        if (attempt == null || table.route(listener.name()).offers(attempt.candidate())) {
            return;
        }
        if (state == State.ATTEMPTING) {
            drop();
            pick();
        } else {
            opening.backendIsNoCandidate(attempt.candidate(), table);
        }
    }

    /** Lets go of the backend, if there is one, without a word to anybody. */
    void drop() {
        state = State.IDLE;
        if (attempt != null) {
            attempt.abandon();
            attempt = null;
        }
    }

    // ---- waiting -----------------------------------------------------------------------------------------------

    private void park() {
        triedThisRound.clear();
        if (!mayWait) {
            opening.refuse(CloseReason.HOLD_EXPIRED, whatIsWrong());
        } else if (parking.enter()) {
            state = State.PARKED;
        } else {
            opening.refuse(CloseReason.PARKED_LIMIT, "too many sessions are waiting; " + whatIsWrong());
        }
    }

    /** It is this session's turn to look again. */
    void released() {
        pick();
    }

    /** An attempt under way has deadlines of its own and may still succeed; what ends is the waiting. */
    void waitNoLonger() {
        mayWait = false;
        if (state == State.PARKED) {
            opening.refuse(CloseReason.HOLD_EXPIRED, whatIsWrong());
        }
    }

    boolean isParked() {
        return state == State.PARKED;
    }

    private String whatIsWrong() {
        return loop.routes().current().whatIsWrong(listener.name(), lastFailure, loop.now());
    }

    /** Gives back everything that it holds. */
    void giveUp() {
        parking.leave();
        drop();
    }
}
