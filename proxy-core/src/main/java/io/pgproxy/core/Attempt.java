package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import io.pgproxy.config.HostAndPort;
import io.pgproxy.core.FirstPacket.Kind;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One try to get an answer out of one backend: connect, say what the client said, hand the answer to the search.
 * Whatever goes wrong is told once, as {@link BackendSearch#attemptFailed} or, if the client's words may have been the
 * cause, {@link BackendSearch#hungUp}. Confined to the client's event loop.
 */
final class Attempt extends ChannelInboundHandlerAdapter {
    /** The server is starting, stopping or recovering: another one, or a later moment, will do. */
    private static final String CANNOT_CONNECT_NOW = "57P03";

    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

    private final BackendSearch search;
    private final NodePlace place;
    private final Candidate candidate;
    private final RelayLoop loop;
    private final EarlyBytes answer = new EarlyBytes();
    private @Nullable Future<Channel> dialing;
    private @Nullable Channel backend;
    private @Nullable ScheduledFuture<?> answerTimer;
    private @Nullable Kind asked;
    private boolean over;

    /** The place becomes ours. */
    Attempt(BackendSearch search, NodePlace place, RelayLoop loop) {
        this.search = search;
        this.place = place;
        this.candidate = place.candidate();
        this.loop = loop;
    }

    void begin(EventLoop eventLoop) {
        long begunNanos = loop.now();
        Future<Channel> dial = loop.dialer().dial(eventLoop, candidate.address(), this);
        dialing = dial;
        dial.addListener((Future<Channel> dialed) -> search.guarded(() -> dialed(dialed, begunNanos)));
    }

    private void dialed(Future<Channel> dialed, long begunNanos) {
        if (JvmErrors.isIn(dialed.cause())) {
            failOfOurs(dialed.cause());
        } else if (dialed.cause() instanceof Dialer.NoSocket) {
            noSocket(dialed.cause());
        } else if (dialed.cause() instanceof Dialer.NoPort) {
            noPort(dialed.cause());
        } else if (!dialed.isSuccess()) {
            fail("cannot connect to " + where() + ": " + reasonOf(dialed.cause()));
        } else if (over) {
            dialed.getNow().close();
        } else {
            backend = dialed.getNow();
            loop.connected(candidate.node(), loop.now() - begunNanos);
            search.connected(this);
        }
    }

    Candidate candidate() {
        return candidate;
    }

    NodePlace place() {
        return place;
    }

    /** The connected channel. */
    Channel channel() {
        if (backend == null) {
            throw new IllegalStateException("not connected to " + where());
        }
        return backend;
    }

    /** Says something that wants an answer; the bytes become ours. */
    void ask(Kind kind, ByteBuf bytes) {
        asked = kind;
        answerTimer = channel()
                .eventLoop()
                .schedule(
                        () -> search.guarded(this::tooSlow),
                        loop.limits().answerTimeout().toNanos(),
                        TimeUnit.NANOSECONDS);
        channel().writeAndFlush(bytes, channel().voidPromise()); // an error in it becomes an exception caught
    }

    private void tooSlow() {
        if (asked == Kind.DIRECT_TLS && search.lacksWords()) {
            search.clientWasTooSlow();
        } else {
            fail(where() + " accepted the connection and did not answer");
        }
    }

    /**
     * Says more of a TLS hello. Before its beginning was said the bytes, which become ours, are not needed here, and
     * must not get there: this backend may have to grant TLS first, although the client was told already that one will.
     */
    void add(ByteBuf bytes) {
        if (asked == Kind.DIRECT_TLS) {
            channel().writeAndFlush(bytes, channel().voidPromise());
        } else {
            bytes.release();
        }
    }

    /** Ends without a word to the search. */
    void abandon() {
        if (!over) {
            letGo();
            place.giveBack();
            if (dialing != null) {
                dialing.cancel(false); // a host that does not answer would keep the socket for the whole time-out
            }
            if (backend != null) {
                backend.close();
            }
        }
    }

    /** Leaves the connection to the relay. */
    void handOver() {
        letGo();
    }

    private void letGo() {
        over = true;
        cancelTimer();
        answer.clear();
    }

    private void cancelTimer() {
        if (answerTimer != null) {
            answerTimer.cancel(false);
            answerTimer = null;
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (over) {
            ReferenceCountUtil.release(msg);
            return;
        }
        answer.add((ByteBuf) msg);
        if (asked == null) {
            fail(where() + " sent bytes that nobody asked for");
        } else if (asked.asksForEncryption()) {
            onEncryptionAnswer();
        } else if (!ServerMessage.isPartOfError(answer.view())) {
            onAnswer();
        }
    }

    /** Exactly one byte may answer: what came with it would be read as if TLS had protected it (CVE-2021-23222). */
    private void onEncryptionAnswer() {
        byte first = answer.view().getByte(0);
        boolean ofTls = asked == Kind.SSL_REQUEST;
        boolean granted = first == (ofTls ? TlsAnswer.GRANTED.letter() : ServerMessage.GSS_GRANTED);
        if (answer.length() == 1 && (granted || first == ServerMessage.DECLINED)) {
            if (ofTls) {
                TlsAnswer learned = granted ? TlsAnswer.GRANTED : TlsAnswer.DECLINED;
                loop.tlsAnswers().learn(candidate.node(), candidate.address(), learned, loop.now());
            }
            cancelTimer();
            asked = null;
            search.encryptionAnswered(this, granted, answer.take());
        } else {
            if (ofTls) {
                loop.tlsAnswers().forget(candidate.node());
            }
            fail(where() + " did not answer the request for encryption with S, G or N alone");
        }
    }

    private void onAnswer() {
        if (ServerMessage.sqlStateOf(answer.view()).equals(CANNOT_CONNECT_NOW)) {
            fail(where() + " says: " + PrintableText.of(ServerMessage.messageOf(answer.view())));
        } else {
            cancelTimer();
            asked = null;
            search.answered(this, answer.take());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            closed();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closed();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // Netty makes an IOException of an error that a write has met.
        if (cause instanceof IOException && !JvmErrors.isIn(cause)) {
            ended("the connection to " + where() + " broke: " + reasonOf(cause));
        } else {
            failOfOurs(cause);
        }
    }

    private void closed() {
        ended(where() + " closed the connection");
    }

    /** Who ends the connection after the client's words may have answered them so. */
    private void ended(String reason) {
        if (asked != null) {
            hungUp(reason);
        } else {
            fail(reason);
        }
    }

    private void hungUp(String reason) {
        if (!over) {
            abandon();
            search.guarded(() -> search.hungUp(this, reason));
        }
    }

    private void fail(String reason) {
        if (!over) {
            abandon();
            search.guarded(() -> search.attemptFailed(this, reason));
        }
    }

    /** A mistake of ours says nothing about the node. */
    private void failOfOurs(Throwable cause) {
        LOG.error("an attempt to reach {} failed", where(), cause);
        if (!over) {
            abandon();
            search.failedOfOurs();
        }
    }

    private void noSocket(Throwable cause) {
        if (!over) {
            abandon();
            search.noSocket(cannotOpen(cause));
        }
    }

    private void noPort(Throwable cause) {
        if (!over) {
            abandon();
            search.noPort(this, cannotOpen(cause));
        }
    }

    private String cannotOpen(Throwable cause) {
        return "the proxy cannot open a connection to " + where() + ": " + reasonOf(cause);
    }

    /** Which node that is, and where. */
    String where() {
        return candidate.node() + " at "
                + HostAndPort.text(
                        candidate.address().getAddress().getHostAddress(),
                        candidate.address().getPort());
    }

    private static String reasonOf(Throwable cause) {
        String message = cause.getMessage();
        return PrintableText.of(message == null ? cause.getClass().getSimpleName() : message);
    }
}
