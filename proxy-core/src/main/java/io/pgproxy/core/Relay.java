package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.pgproxy.config.UnitText;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session that has its backend: two channels, a {@link RelayHandler} on each, and the rules for its end. Confined to
 * the event loop of both channels.
 */
final class Relay implements Session {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    /** Between two looks at whether a client has taken what its backend left it. */
    private static final long DELIVERY_STEP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Caller caller;
    private final Channel client;
    private final Channel backend;
    private final NodePlace place;
    private final Candidate candidate;
    private final Listener listener;
    private final RelayLoop loop;
    private final @Nullable FrameCounter frames;
    private final RelayHandler fromClient;
    private final RelayHandler fromBackend;
    private final Silence clientSilence = new Silence();
    private final Silence backendSilence = new Silence();
    private final Deadline halfCloseTimer;
    private final CancelTrail trail;
    /** Few sessions are ever drained, and there may be many. */
    private @Nullable Deadline drain;

    private long bytesAtLastCheck;
    private boolean backendBroke;
    private boolean backendLeft;
    private boolean over;

    /**
     * The places, the caller's and its node's, become ours.
     *
     * @param frames counts the backend's messages from their first byte on; null where they cannot be told apart, or
     *     need not be
     */
    Relay(
            Caller caller,
            Channel backend,
            NodePlace place,
            @Nullable FrameCounter frames,
            Listener listener,
            RelayLoop loop) {
        this.caller = caller;
        this.frames = frames;
        this.client = caller.channel();
        this.backend = backend;
        this.place = place;
        this.candidate = place.candidate();
        this.listener = listener;
        this.loop = loop;
        this.halfCloseTimer = new Deadline(client.eventLoop());
        this.trail = new CancelTrail(listener, candidate, caller.client());
        this.fromClient = new RelayHandler(
                this, backend, RelayHandler.Side.CLIENT, listener.counts().bytesIn(), null);
        this.fromBackend = new RelayHandler(
                this, client, RelayHandler.Side.BACKEND, listener.counts().bytesOut(), frames);
    }

    /**
     * Puts the handlers in place and sends on what the opening has left; both buffers become ours.
     *
     * @param plaintext whether what the two say can be read
     */
    void begin(ByteBuf toBackend, ByteBuf toClient, boolean plaintext) {
        listener.established(candidate, loop.now());
        backend.pipeline().replace(Attempt.class, null, fromBackend);
        client.pipeline().replace(ClientStartup.class, null, fromClient);
        if (loop.limits().cancelRouting()) {
            layTrail(toClient, plaintext);
        }
        pass(client.pipeline().context(fromClient), toBackend);
        pass(backend.pipeline().context(fromBackend), toClient);
        if (!client.isActive()) {
            broke(RelayHandler.Side.CLIENT);
        } else if (!backend.isActive()) {
            broke(RelayHandler.Side.BACKEND);
        } else {
            onTable(loop.routes().current()); // a drain may have begun while the client was in its handshake
        }
    }

    private void layTrail(ByteBuf toClient, boolean plaintext) {
        if (plaintext) {
            trail.ofPlaintext(backend, toClient);
        } else {
            trail.ofSealed(loop::now);
        }
    }

    private static void pass(ChannelHandlerContext ctx, ByteBuf bytes) {
        if (bytes.isReadable()) {
            RelayHandler handler = (RelayHandler) ctx.handler();
            handler.channelRead(ctx, bytes);
            handler.channelReadComplete(ctx);
        } else {
            bytes.release();
        }
    }

    @Override
    public Channel channel() {
        return client;
    }

    @Override
    public void onTable(RoutingTable table) {
        Verdict verdict = table.verdict(listener.name(), candidate.node(), candidate.role());
        switch (verdict.standing()) {
            case GO, STAY -> stay();
            case DRAIN -> listener.config().policies().drainFor().ifPresent(limit -> drain(limit, verdict.reason()));
            case END -> {
                loop.sweeping(candidate.node(), verdict.reason());
                end(CloseReason.ROLE_LOST, verdict.reason());
            }
        }
    }

    /** One deadline from the first table on that says so. */
    private void drain(Duration limit, String why) {
        if (drain == null) {
            drain = new Deadline(client.eventLoop());
            String reason = candidate.node() + " had no new sessions for " + UnitText.of(limit) + ": " + why;
            drain.in(limit.toNanos(), () -> endDrain(reason, Long.MAX_VALUE, 0));
        }
    }

    /** Who has yet to take what its backend has left is waited for as long as it takes some of that now and then. */
    private void endDrain(String reason, long unsentBefore, long patienceNanos) {
        long left = unsent(client);
        long patience =
                left < unsentBefore ? loop.limits().halfCloseTimeout().toNanos() : patienceNanos - DELIVERY_STEP_NANOS;
        Deadline looks = drain;
        if (looks != null && isDelivering() && patience > 0) {
            looks.in(DELIVERY_STEP_NANOS, () -> endDrain(reason, left, patience));
        } else {
            end(CloseReason.DRAINED, reason);
        }
    }

    private void stay() {
        if (drain != null) {
            drain.disarm();
            drain = null;
        }
    }

    /** One side has said something. */
    void spoke(RelayHandler.Side side) {
        trail.spoke(side);
    }

    /** One side has said that it will send no more. */
    void finished(RelayHandler.Side side) {
        if (over || backendBroke) {
            // Epoll tells of the end of input even after it told of an error that ended us, and a client may finish
            // while it reads what a backend has left it: that delivery has a deadline of its own.
            return;
        }
        if (side == RelayHandler.Side.BACKEND && !fromClient.isFinished()) {
            backendLeft();
        }
        if (fromClient.isFinished() && fromBackend.isFinished()) {
            CloseReason reason =
                    side == RelayHandler.Side.CLIENT ? CloseReason.BACKEND_CLOSED : CloseReason.CLIENT_CLOSED;
            endWhenWritten(side == RelayHandler.Side.CLIENT ? backend : client, reason);
        } else {
            armHalfClose();
        }
    }

    /** What the last one to finish has said is delivered first. */
    private void endWhenWritten(Channel last, CloseReason reason) {
        last.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> end(reason, ""));
    }

    private void armHalfClose() {
        bytesAtLastCheck = bytes();
        armTimer(this::checkHalfClosed);
    }

    private void armTimer(Runnable check) {
        halfCloseTimer.in(loop.limits().halfCloseTimeout().toNanos(), check);
    }

    private void checkHalfClosed() {
        // Bytes that wait for a slow reader are progress that has not happened yet, not silence.
        if (bytes() != bytesAtLastCheck || unsent(client) > 0 || unsent(backend) > 0) {
            armHalfClose();
        } else {
            end(CloseReason.HALF_CLOSE_TIMEOUT, "");
        }
    }

    /** Not the same as unwritable, which a channel whose output is shut down is for ever. */
    private static long unsent(Channel channel) {
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        return unsent == null ? 0 : unsent.totalPendingWriteBytes();
    }

    private long bytes() {
        return fromClient.bytes() + fromBackend.bytes();
    }

    /** A backend that resets may have finished before, or seem so. */
    private void backendLeft() {
        if (!backendLeft) {
            backendLeft = true;
            loop.events().backendClosed(candidate.node());
        }
    }

    /** One side's connection is gone. */
    void broke(RelayHandler.Side side) {
        if (over) {
            return;
        }
        if (side == RelayHandler.Side.CLIENT) {
            end(CloseReason.CLIENT_RESET, "");
        } else if (!backendBroke) {
            backendBroke = true;
            place.giveBack(); // the node has one session less, however slowly its client reads what is left
            backend.close();
            if (fromClient.isFinished()) {
                // So PostgreSQL answers a goodbye over TLS: it leaves with the client's closing alert unread.
                endWhenRead(CloseReason.CLIENT_CLOSED);
            } else {
                backendLeft();
                endWhenRead(CloseReason.BACKEND_RESET);
            }
        }
    }

    /** The client, whom nobody feeds any more, is waited for as long as it takes some of what is left for it. */
    private void endWhenRead(CloseReason reason) {
        endWhenWritten(client, reason);
        if (!over) {
            armDelivery(reason);
        }
    }

    private void armDelivery(CloseReason reason) {
        long unsentBefore = unsent(client);
        armTimer(() -> {
            if (unsent(client) < unsentBefore) {
                armDelivery(reason);
            } else {
                end(reason, "");
            }
        });
    }

    /** Whether the backend burdens its node no more, and the client has yet to take what it has left. */
    private boolean isDelivering() {
        return (backendBroke || fromBackend.isFinished()) && unsent(client) > 0;
    }

    /** Something failed on one side: what the network does is the network's, everything else is a mistake of ours. */
    void failed(RelayHandler.Side side, Throwable cause) {
        // Netty makes an IOException of an error that a write has met.
        if (cause instanceof IOException && !JvmErrors.isIn(cause)) {
            broke(side);
        } else if (!over) {
            LOG.error("listener {}: a session failed", listener.name(), cause);
            end(CloseReason.INTERNAL_ERROR, "");
        }
    }

    @Override
    public void tick() {
        if (candidate.role() == Role.FALLBACK
                && !isDelivering()
                && listener.isToReturn(loop.routes().current(), loop.now())) {
            end(CloseReason.FALLBACK_RETURN, "there are replicas again");
            return;
        }
        loop.limits().unacknowledgedTimeout().ifPresent(limit -> {
            long now = loop.now();
            long silent = Math.max(
                    clientSilence.millis(loop.unacknowledgedMillis(client), now),
                    backendSilence.millis(loop.unacknowledgedMillis(backend), now));
            if (silent > limit.toMillis()) {
                end(CloseReason.UNACKNOWLEDGED, "no sign of life for " + silent + " ms");
            }
        });
    }

    @Override
    public void onDrain() {
        // a session that works goes on until it is done or the drain's deadline passes
    }

    /** One whose backend is gone is on no node: an order to end those there would cut what it is still reading. */
    @Override
    public Optional<SessionStatus> status(long nowNanos) {
        SessionStatus status = SessionStatus.of(caller.client(), client, listener, nowNanos - caller.acceptedNanos())
                .relayed(fromClient.bytes(), fromBackend.bytes());
        boolean onNoNode = backendBroke || isDelivering();
        return Optional.of(onNoNode ? status : status.at(SessionStatus.Backend.of(candidate, backend)));
    }

    /** What is said first is on its way when the reset follows it; whoever does not read is reset without a word. */
    @Override
    public void onAddressMoved(String why) {
        Reset.insteadOfClose(client);
        end(CloseReason.ADDRESS_MOVED, why);
    }

    @Override
    public void end(CloseReason reason, String why) {
        if (over) {
            return;
        }
        over = true;
        halfCloseTimer.disarm();
        trail.end();
        stay();
        place.giveBack();
        client.closeFuture().addListener(closed -> caller.place().giveBack()); // at once, but for who is told why
        loop.remove(this);
        listener.left(candidate);
        long now = loop.now();
        listener.ended(
                new SessionEnd(
                        caller.client(),
                        candidate.node(),
                        now - caller.acceptedNanos(),
                        fromClient.bytes(),
                        fromBackend.bytes(),
                        reason,
                        why),
                now);
        backend.close();
        if (mayBeTold(reason)) {
            String text = loop.routes().current().inTheCluster(lastWords(reason, why));
            client.pipeline().replace(fromClient, null, new LastWords(ServerMessage.fatal(new Refused(reason, text))));
        } else {
            client.close();
        }
    }

    /** Only between two messages of the backend's, or our words would become part of one. */
    private boolean mayBeTold(CloseReason reason) {
        return !reason.sqlState().isEmpty()
                && frames != null
                && frames.isBetweenMessages()
                && !fromBackend.isFinished()
                && !backendBroke
                && client.isActive()
                && !(reason == CloseReason.ADDRESS_MOVED && unsent(client) > 0);
    }

    private String lastWords(CloseReason reason, String why) {
        return "the session on " + candidate.node() + " ends, " + reason.label().replace('_', ' ')
                + (why.isEmpty() ? "" : ": " + why);
    }
}
