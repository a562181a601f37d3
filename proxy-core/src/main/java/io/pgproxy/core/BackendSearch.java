package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.pgproxy.config.SessionsConfig;
import io.pgproxy.core.FirstPacket.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
    private static final Logger LOG = LoggerFactory.getLogger(BackendSearch.class);

    private enum State {
        /** Nobody is asked. */
        IDLE,
        /** Waits in its listener's queue, for a table with a candidate or for another try of those that failed. */
        PARKED,
        /** Every candidate has hung up on the client's words: waits for a newer table, or until they have rested. */
        HUNG_UP_ON,
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
    private final CandidateChoice choice;
    private final Setbacks failed = new Setbacks();
    private final HangUps hangUps;
    private final Setbacks withoutPort = new Setbacks();
    private final Deadline patience;
    private State state = State.IDLE;
    private @Nullable Attempt attempt;
    private boolean mayWait = true;
    /** Whether the attempt is at a node that is held back. */
    private boolean unwilling;

    BackendSearch(Opening opening, EventLoop eventLoop, Listener listener, RelayLoop loop) {
        this.opening = opening;
        this.eventLoop = eventLoop;
        this.listener = listener;
        this.loop = loop;
        this.parking = new Parking(this, listener, loop);
        this.choice = new CandidateChoice(listener, loop, this::mayTry);
        this.patience = new Deadline(eventLoop);
        this.hangUps = new HangUps(new Deadline(eventLoop));
    }

    /** The client has asked for something. */
    void begin() {
        Attempt kept = attempt;
        if (kept != null) { // encryption was declined before, and the same backend is asked again
            state = State.ATTEMPTING;
            ask(kept);
        } else if (!loop.takesNewcomer(listener) && entersTheQueue()) {
            park(true); // first come, first served; but whose turn it was may go on to the next candidate
        } else {
            pick();
        }
    }

    /** A ramp refuses nobody: who may wait no longer, or finds no place left to wait in, looks at once. */
    private boolean entersTheQueue() {
        return mayWait && !loop.isDraining() && parking.enter();
    }

    private void ask(Attempt one) {
        if (opening.words().needAGrant()) {
            one.ask(Kind.SSL_REQUEST, ServerMessage.sslRequest());
        } else {
            one.ask(opening.words().request(), opening.words().copy());
        }
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
        Optional<Candidate> taken =
                choice.take(candidates, opening.client(), opening.words().request());
        if (taken.isPresent()) {
            tryOn(taken.get());
        } else if (candidates.isEmpty()) {
            park(true);
        } else {
            // Looked at once: sessions of other loops come and go meanwhile.
            List<Candidate> withRoom =
                    candidates.stream().filter(listener.nodes()::hasRoom).toList();
            if (withRoom.isEmpty()) {
                opening.refuse(listener.nodes().allFull(candidates));
            } else {
                nobodyTakesIt(withRoom);
            }
        }
    }

    private void nobodyTakesIt(List<Candidate> withRoom) {
        if (withoutPort.haveAll(withRoom)) {
            opening.refuse(CloseReason.NO_SOCKET, withoutPort.reason());
        } else if (hangUps.setbacks().haveAll(withRoom)) {
            awaitTable();
        } else {
            park(false);
        }
    }

    private boolean mayTry(Candidate candidate) {
        return !failed.have(candidate) && !hangUps.setbacks().have(candidate) && !withoutPort.have(candidate);
    }

    private void tryOn(Candidate candidate) {
        state = State.ATTEMPTING;
        attempt = new Attempt(this, NodePlace.of(candidate, listener, loop.load()), loop);
        attempt.begin(eventLoop);
    }

    /** The second look: the table may have changed while the connect was under way, and its sweep is still to come. */
    void connected(Attempt connected) {
        if (isOffered(loop.routes().current(), connected.candidate())) {
            ask(connected);
        } else {
            turnBack();
        }
    }

    /**
     * Whom it was about to go to is no candidate any more. Many others are in the same place and more are waiting, so
     * whoever comes next must not meet all of them at once; but the session has had its turn, and gets the next one.
     */
    private void turnBack() {
        drop();
        if (entersTheQueue()) {
            failed.beginRound();
            state = State.PARKED;
            loop.queue(listener).addFirst(this);
        } else {
            pick();
        }
    }

    private boolean isOffered(RoutingTable table, Candidate candidate) {
        ListenerRoute route = table.route(listener.name());
        return route.offers(candidate) || (unwilling && route.holdsBack(candidate));
    }

    /** The attempt ended by itself, for that reason. */
    void attemptFailed(Attempt ended, String reason) {
        failed.add(ended, reason);
        State before = state;
        drop();
        if (before == State.ATTEMPTING) {
            loop.connectFailed(ended.candidate().node(), reason);
            pick();
        } else {
            opening.backendLeft(reason);
        }
    }

    /** Whether the client has to say more before any backend can answer. */
    boolean lacksWords() {
        return opening.words().lackTheirEnd();
    }

    /** The client never came to an end, which is no fault of a backend that waits for it. */
    void clientWasTooSlow() {
        opening.refuse(CloseReason.STARTUP_TIMEOUT, "no whole TLS hello came in time");
    }

    /** The backend ended the connection on the client's words: nobody is blamed, but health may want to look. */
    void hungUp(Attempt ended, String reason) {
        hangUps.add(ended, reason);
        loop.events().backendClosed(ended.candidate().node());
        drop();
        pick();
    }

    /** The machine has no port left for connections to that node, which says nothing about it, nor about the others. */
    void noPort(Attempt ended, String reason) {
        withoutPort.add(ended, reason);
        drop();
        pick();
    }

    /** The machine has no socket left for the attempt, which says nothing about the node. */
    void noSocket(String reason) {
        drop();
        opening.refuse(CloseReason.NO_SOCKET, reason);
    }

    /** Takes a backend's answer, whose buffer becomes ours. */
    void answered(Attempt by, ByteBuf answer) {
        found(by);
        opening.answered(answer);
    }

    private void found(Attempt by) {
        loop.events().sessionAnswered(by.candidate(), loop.now());
        state = State.ANSWERED;
        parking.leave();
        patience.disarm();
        failed.forget();
        hangUps.forget();
        withoutPort.forget();
    }

    /** Takes a backend's one byte of answer to a request for encryption; the buffer becomes ours. */
    void encryptionAnswered(Attempt by, boolean granted, ByteBuf answer) {
        if (opening.words().needAGrant()) {
            answer.release(); // the client has its own already
            promisedTlsAnswered(by, granted);
        } else {
            answered(by, answer);
        }
    }

    /** Nothing that the client has said behind our word for it is told to a backend that does not keep it. */
    private void promisedTlsAnswered(Attempt by, boolean granted) {
        if (!granted) {
            opening.refuse(CloseReason.TLS_CHANGED, by.where() + " declines TLS, which it had granted before");
        } else if (opening.words().areThere()) {
            by.ask(Kind.DIRECT_TLS, opening.words().copy());
        } else {
            found(by);
            opening.grantedAsPromised();
        }
    }

    /** The client is about to say something else, and nobody needs what it has said; its place stays its own. */
    void pause() {
        drop();
        hangUps.forget();
        loop.queue(listener).remove(this);
    }

    /** The backend that has answered, if it is kept for what the client says next. */
    Optional<SessionStatus.Backend> answeredBy() {
        return state == State.ANSWERED
                ? Optional.ofNullable(attempt)
                        .map(answered -> SessionStatus.Backend.of(answered.candidate(), answered.channel()))
                : Optional.empty();
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
        hangUps.forget();
        if (state == State.HUNG_UP_ON) {
            park(true); // its turn comes with the others'
        }
        if (attempt == null || isOffered(table, attempt.candidate())) {
            return;
        }
        if (state == State.ATTEMPTING) {
            turnBack();
        } else {
            opening.backendIsNoCandidate(attempt.candidate(), table);
        }
    }

    /** Lets go of the backend, if there is one, without a word to anybody. */
    void drop() {
        state = State.IDLE;
        unwilling = false;
        if (attempt != null) {
            attempt.abandon();
            attempt = null;
        }
    }

    // ---- waiting -----------------------------------------------------------------------------------------------

    /** Waits for a turn under a table with candidates, or else for another try of those that have failed. */
    private void park(boolean forTurn) {
        if (mayPark()) {
            state = State.PARKED;
            if (forTurn) {
                loop.queue(listener).add(this);
            } else {
                loop.queue(listener).addToRetry(this);
                loop.retryParked();
            }
        }
    }

    private void awaitTable() {
        if (hangUps.haveRested()) {
            opening.refuse(CloseReason.BACKEND_HUNG_UP, whatIsWrong(hangUps.setbacks()));
        } else if (mayPark()) {
            state = State.HUNG_UP_ON;
        }
    }

    /** Before it has answered, a backend can have done nothing for the first packet that a second try would repeat. */
    private void onHangUpsRested() {
        hangUps.forgive();
        if (state == State.HUNG_UP_ON) {
            park(false);
        }
    }

    /** False if the session has gone to a node that is held back, or was refused. */
    private boolean mayPark() {
        boolean waits = mayWait && parking.enter();
        if (!waits && goesToWhoIsHeldBack()) {
            return false;
        }
        beginRound();
        if (!mayWait) {
            holdExpired();
            return false;
        }
        if (!waits) {
            opening.refuse(CloseReason.PARKED_LIMIT, "too many sessions are waiting; " + whatIsWrong());
            return false;
        }
        hangUps.rest(() -> guarded(this::onHangUpsRested));
        return true;
    }

    /** Better than a refusal: a node that is to give up its role has it still. */
    private boolean goesToWhoIsHeldBack() {
        List<Candidate> heldBack =
                loop.routes().current().route(listener.name()).heldBack();
        Optional<Candidate> taken =
                choice.take(heldBack, opening.client(), opening.words().request());
        if (taken.isPresent()) {
            loop.queue(listener).remove(this);
            unwilling = true;
            tryOn(taken.get());
        }
        return taken.isPresent();
    }

    /** It is this session's turn to look again. */
    void released() {
        guarded(this::pick);
    }

    /** What ends is the waiting: attempts under way may still succeed, for as long as one of them may take. */
    void waitNoLonger() {
        mayWait = false;
        SessionsConfig limits = loop.limits();
        patience.in(limits.connectTimeout().plus(limits.answerTimeout()).toNanos(), () -> guarded(this::holdExpired));
        if (loop.queue(listener).awaitsTurn(this)) { // perhaps with a candidate in sight already
            loop.queue(listener).remove(this);
            pick();
        } else if (isParked() && !goesToWhoIsHeldBack()) {
            holdExpired();
        }
    }

    private void beginRound() {
        failed.beginRound();
        withoutPort.beginRound();
    }

    private void holdExpired() {
        opening.refuse(CloseReason.HOLD_EXPIRED, whatIsWrong());
    }

    /** Does a step that a timer or a connect has brought about: if we fail in it, the session ends and no other. */
    void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            LOG.error("listener {}: the search for a backend failed", listener.name(), e);
            failedOfOurs();
        }
    }

    /** We made a mistake, of which the log has the trace. */
    void failedOfOurs() {
        opening.end(CloseReason.INTERNAL_ERROR, "");
    }

    boolean isParked() {
        return state == State.PARKED || state == State.HUNG_UP_ON;
    }

    private String whatIsWrong() {
        return whatIsWrong(failed, hangUps.setbacks(), withoutPort);
    }

    private String whatIsWrong(Setbacks... causes) {
        String reasons = Arrays.stream(causes)
                .map(Setbacks::reason)
                .filter(reason -> !reason.isEmpty())
                .collect(Collectors.joining("; "));
        return loop.routes().current().whatIsWrong(listener.name(), reasons, loop.now());
    }

    /** Gives back everything that it holds. */
    void giveUp() {
        parking.leave();
        patience.disarm();
        hangUps.forget();
        drop();
    }
}
