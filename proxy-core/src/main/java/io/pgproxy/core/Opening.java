package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.util.concurrent.ScheduledFuture;
import io.pgproxy.core.FirstPacket.Kind;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session from accept to its backend's first answer: what the client asked for, and the search for a backend that
 * answers. Confined to the client's event loop, on which every backend connection of it lives too.
 *
 * <p>The one subtle race of the program is settled here. A session picks its backend from one table and may finish
 * connecting under the next. So it is registered with its loop before it reads a table at all, and it reads the newest
 * one again when the connect is done ({@link #connected}). The publisher makes a table visible first and tells the
 * loops afterwards: either the second look sees the new table, or the loop's sweep finds the session registered.
 */
final class Opening implements Session {
    private static final Logger LOG = LoggerFactory.getLogger(Opening.class);
    /** What a client may send before it is answered: a startup packet is 10 KB at most, a TLS record 16 KB. */
    private static final int MAX_UNANSWERED_BYTES = 32 * 1024;

    private enum Phase {
        /** Waits for the client's first packet, or for its next one after encryption was declined. */
        LISTENING,
        /** A backend is being connected, or was asked and has not answered. */
        ATTEMPTING,
        /** Waits in its listener's queue, for a table with a candidate or for another try of those that failed. */
        PARKED,
        /** The backend granted encryption; the client's handshake has not begun. */
        GRANTED,
        /** Relayed, refused or given up. */
        OVER
    }

    private final Channel client;
    private final Listener listener;
    private final RelayLoop loop;
    private final EarlyBytes received = new EarlyBytes();
    private final Parking parking;
    private final Set<Kind> encryptionAsked = EnumSet.noneOf(Kind.class);
    private final Set<String> triedThisRound = new HashSet<>();

    private Phase phase = Phase.LISTENING;
    private boolean firstPacketIsWhole;
    private Kind request = Kind.INCOMPLETE;
    private @Nullable Attempt attempt;
    private String lastFailure = "";
    private OptionalLong holdUntilNanos = OptionalLong.empty();
    private boolean mayWait = true;
    private @Nullable ScheduledFuture<?> deadline;

    Opening(Channel client, Listener listener, RelayLoop loop) {
        this.client = client;
        this.listener = listener;
        this.loop = loop;
        this.parking = new Parking(this, listener, loop);
    }

    void begin() {
        loop.register(this);
        arm(loop.limits().startupTimeout(), this::clientWasTooSlow);
    }

    Listener listener() {
        return listener;
    }

    // ---- what the client says ----------------------------------------------------------------------------------

    /** Takes the client's bytes, which become ours. */
    void clientSays(ByteBuf bytes) {
        switch (phase) {
            case LISTENING, ATTEMPTING, PARKED -> {
                if (received.length() + bytes.readableBytes() > MAX_UNANSWERED_BYTES) {
                    bytes.release();
                    refuse(CloseReason.PROTOCOL_VIOLATION, "more than 32 KB came before the first answer");
                } else if (phase == Phase.LISTENING) {
                    received.add(bytes);
                    classify();
                } else {
                    clientSaysMore(bytes);
                }
            }
            case GRANTED -> relay(bytes, Unpooled.EMPTY_BUFFER);
            case OVER -> bytes.release();
        }
    }

    private void classify() {
        FirstPacket packet = FirstPacket.of(received.view());
        boolean fused = received.length() > packet.length();
        switch (packet.kind()) {
            case INCOMPLETE -> {}
            case GARBAGE -> refuse(CloseReason.PROTOCOL_VIOLATION, "this is not a PostgreSQL startup packet");
            case CANCEL_REQUEST -> cancel(packet.length());
            case SSL_REQUEST, GSSENC_REQUEST -> {
                request = packet.kind();
                if (fused) {
                    // They would be read as if encryption had protected them (CVE-2021-23214).
                    refuse(CloseReason.PROTOCOL_VIOLATION, "bytes follow the request for encryption");
                } else if (!encryptionAsked.add(request)) {
                    refuse(CloseReason.PROTOCOL_VIOLATION, "the same encryption was asked for twice");
                } else {
                    packetIsWhole();
                }
            }
            case STARTUP_MESSAGE, DIRECT_TLS -> {
                request = packet.kind();
                packetIsWhole();
            }
        }
    }

    private void packetIsWhole() {
        if (!firstPacketIsWhole) {
            firstPacketIsWhole = true;
            loop.admission().startupEnded();
            if (loop.admission().isFull()) { // asked once: who was let in is not put out for those who come later
                refuse(
                        CloseReason.SESSION_LIMIT,
                        "there are " + loop.admission().maxSessions() + " sessions already");
                return;
            }
        }
        armHold();
        Attempt current = attempt;
        if (current == null) {
            pick();
        } else { // encryption was declined before, and the same backend is asked again
            phase = Phase.ATTEMPTING;
            current.ask(request, received.copy());
        }
    }

    /** One deadline from the first whole packet on; that encryption is declined in between does not move it. */
    private void armHold() {
        if (holdUntilNanos.isEmpty()) {
            holdUntilNanos = OptionalLong.of(loop.now() + loop.hold().toNanos());
        }
        arm(Duration.ofNanos(Math.max(0, holdUntilNanos.getAsLong() - loop.now())), this::heldLongEnough);
    }

    private void clientSaysMore(ByteBuf bytes) {
        if (request.asksForEncryption()) {
            bytes.release();
            refuse(CloseReason.PROTOCOL_VIOLATION, "bytes follow the request for encryption");
        } else {
            if (attempt != null) {
                attempt.add(bytes.retainedDuplicate());
            }
            received.add(bytes);
        }
    }

    /** The client sends no more or is gone, which is the same thing before its first answer. */
    void clientLeft() {
        end(CloseReason.CLIENT_LEFT, "");
    }

    private void cancel(int length) {
        ByteBuf packet = received.copy().readSlice(length);
        leave(CloseReason.CANCEL_DONE, "");
        ListenerRoute route = loop.routes().current().route(listener.name());
        client.pipeline()
                .replace(
                        ClientStartup.class,
                        null,
                        new CancelRelay(client, loop, listener.backends().and(route.candidates()), packet));
    }

    // ---- the search for a backend ------------------------------------------------------------------------------

    private void pick() {
        if (loop.isDraining()) {
            refuse(CloseReason.SHUTDOWN, "the proxy is shutting down");
            return;
        }
        ListenerRoute route = loop.routes().current().route(listener.name());
        if (phase == Phase.LISTENING && loop.queue(listener).isWaitedIn()) {
            park(); // first come, first served; but whose turn it was may go on to the next candidate
            return;
        }
        Optional<Candidate> choice = loop.balancer(listener)
                .choose(
                        route.candidates(),
                        candidate -> !triedThisRound.contains(candidate.node()),
                        source(),
                        loop.now());
        if (choice.isPresent()) {
            tryOn(choice.get());
        } else {
            park();
            if (phase == Phase.PARKED && !route.candidates().isEmpty()) {
                loop.retryParked();
            }
        }
    }

    private InetAddress source() {
        return client.remoteAddress() instanceof InetSocketAddress address
                ? address.getAddress()
                : InetAddress.getLoopbackAddress();
    }

    private void tryOn(Candidate candidate) {
        parking.leave();
        phase = Phase.ATTEMPTING;
        attempt = new Attempt(this, candidate, loop);
        attempt.begin(client.eventLoop());
    }

    /** The second look: the table may have changed while the connect was under way. */
    void connected(Attempt connected) {
        Candidate candidate = connected.candidate();
        if (loop.routes().current().route(listener.name()).offers(candidate)) {
            connected.ask(request, received.copy());
        } else {
            dropAttempt();
            pick();
        }
    }

    /** The attempt ended by itself, for that reason. */
    void attemptFailed(Attempt failed, String reason) {
        lastFailure = reason;
        triedThisRound.add(failed.candidate().node());
        loop.connectFailed(failed.candidate().node(), reason);
        dropAttempt();
        switch (phase) {
            case ATTEMPTING -> pick();
            case GRANTED -> end(CloseReason.BACKEND_CLOSED, reason);
            // A declined client's next packet can be put to any backend, for nothing but the N was said so far.
            case LISTENING, PARKED, OVER -> {}
        }
    }

    private void dropAttempt() {
        if (attempt != null) {
            attempt.abandon();
            attempt = null;
        }
    }

    @Override
    public void onTable(RoutingTable table) {
        if (attempt == null) {
            return;
        }
        Candidate candidate = attempt.candidate();
        if (table.route(listener.name()).offers(candidate)) {
            return;
        }
        switch (phase) {
            case ATTEMPTING -> {
                dropAttempt();
                pick();
            }
            case LISTENING -> dropAttempt();
            case GRANTED -> {
                Verdict verdict = table.verdict(candidate.node(), candidate.role());
                if (verdict.standing() == Standing.END) {
                    end(CloseReason.ROLE_LOST, verdict.reason());
                }
            }
            case PARKED, OVER -> {}
        }
    }

    // ---- waiting -----------------------------------------------------------------------------------------------

    private void park() {
        triedThisRound.clear();
        if (!mayWait) {
            refuse(CloseReason.HOLD_EXPIRED, whatIsWrong());
        } else if (parking.enter()) {
            phase = Phase.PARKED;
        } else {
            refuse(CloseReason.PARKED_LIMIT, "too many sessions are waiting; " + whatIsWrong());
        }
    }

    /** It is this session's turn to look again. */
    void released() {
        pick();
    }

    // ---- the answer --------------------------------------------------------------------------------------------

    /** Takes the backend's first answer, whose buffer becomes ours. */
    void answered(ByteBuf answer) {
        if (!request.asksForEncryption()) {
            relay(Unpooled.EMPTY_BUFFER, answer);
            return;
        }
        boolean granted = answer.getByte(answer.readerIndex()) != ServerMessage.DECLINED;
        received.clear();
        request = Kind.INCOMPLETE;
        triedThisRound.clear();
        phase = granted ? Phase.GRANTED : Phase.LISTENING;
        arm(loop.limits().startupTimeout(), this::clientWasTooSlow);
        client.writeAndFlush(answer);
    }

    private void relay(ByteBuf toBackend, ByteBuf toClient) {
        Attempt won = attempt;
        if (won == null) {
            throw new IllegalStateException("an answer without an attempt");
        }
        attempt = null;
        phase = Phase.OVER;
        disarm();
        received.clear();
        Relay relay = new Relay(client, won.channel(), won.candidate(), listener, loop);
        loop.replace(this, relay);
        won.handOver();
        relay.begin(toBackend, toClient);
    }

    // ---- the end -----------------------------------------------------------------------------------------------

    private void clientWasTooSlow() {
        refuse(CloseReason.STARTUP_TIMEOUT, "no whole startup packet came in time");
    }

    /** An attempt under way has deadlines of its own and may still succeed; what ends is the waiting. */
    private void heldLongEnough() {
        mayWait = false;
        if (phase == Phase.PARKED) {
            refuse(CloseReason.HOLD_EXPIRED, whatIsWrong());
        }
    }

    private String whatIsWrong() {
        return loop.routes().current().whatIsWrong(listener.name(), lastFailure, loop.now());
    }

    @Override
    public void onDrain() {
        if (phase == Phase.PARKED) {
            refuse(CloseReason.SHUTDOWN, "the proxy is shutting down");
        }
    }

    @Override
    public void tick() {
        // its deadlines are all the care that it needs
    }

    /** Tells the client why, in the only way that its state allows. */
    private void refuse(CloseReason reason, String text) {
        boolean inTls = phase == Phase.GRANTED || request == Kind.DIRECT_TLS;
        Refusal refusal = new Refusal(reason, "pgproxy: " + text, request, inTls);
        leave(reason, text);
        client.pipeline().replace(ClientStartup.class, null, refusal);
    }

    @Override
    public void end(CloseReason reason, String why) {
        if (phase != Phase.OVER) {
            leave(reason, why);
            client.close();
        }
    }

    /** Gives back everything but the client's channel. */
    private void leave(CloseReason reason, String why) {
        parking.leave();
        phase = Phase.OVER;
        if (!firstPacketIsWhole) {
            loop.admission().startupEnded();
        }
        disarm();
        dropAttempt();
        received.clear();
        loop.remove(this);
        listener.ended(reason, why);
        LOG.debug("listener {}: {}: {} {}", listener.name(), client.remoteAddress(), reason.label(), why);
    }

    private void arm(Duration delay, Runnable action) {
        disarm();
        deadline = client.eventLoop().schedule(action, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void disarm() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }
}
