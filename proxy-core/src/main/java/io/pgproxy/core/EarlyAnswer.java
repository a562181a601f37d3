package io.pgproxy.core;

import io.netty.channel.EventLoop;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The answer to a client's request for encryption while no backend has given one: a driver waits for it only so long,
 * and some then go on in plaintext. It is what every node that may become the backend is known to answer; where they
 * differ or one is not known, the client goes on waiting. GSS encryption is declined, since nobody can know who will
 * grant it. Confined to the client's event loop.
 */
final class EarlyAnswer {
    /**
     * Longer than a switchover usually takes, so that most clients get the backend's own answer; pgjdbc, which is the
     * least patient, waits for 5 s (sslResponseTimeout), and then for 10 s from the answer on.
     */
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** What is not known may be known soon. */
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Opening opening;
    private final BackendSearch search;
    private final RelayLoop loop;
    private final Deadline deadline;

    EarlyAnswer(Opening opening, BackendSearch search, EventLoop eventLoop, RelayLoop loop) {
        this.opening = opening;
        this.search = search;
        this.loop = loop;
        this.deadline = new Deadline(eventLoop);
    }

    /** The client has asked for something and waits from now on. */
    void arm() {
        if (opening.words().request().asksForEncryption() && loop.limits().earlyTlsAnswer()) {
            if (opening.words().request() == FirstPacket.Kind.SSL_REQUEST) {
                loop.tlsAnswers().want();
            }
            lookIn(PATIENCE_NANOS);
        }
    }

    private void lookIn(long nanos) {
        deadline.in(nanos, () -> search.guarded(this::look));
    }

    private void look() {
        Optional<TlsAnswer> answer = known();
        if (answer.isEmpty()) {
            lookIn(LOOK_AGAIN_NANOS);
        } else {
            opening.answerEarly(answer.get());
        }
    }

    private Optional<TlsAnswer> known() {
        return switch (opening.words().request()) {
            case SSL_REQUEST -> loop.tlsAnswers().ofAll(loop.routes().current().addresses());
            case GSSENC_REQUEST -> Optional.of(TlsAnswer.DECLINED);
            case INCOMPLETE, CANCEL_REQUEST, STARTUP_MESSAGE, DIRECT_TLS, PROXY_HEADER, GARBAGE -> Optional.empty();
        };
    }

    /** There is an answer, or nobody who wants it. */
    void disarm() {
        deadline.disarm();
    }
}
