package io.pgproxy.core;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What leads a cancel request to its session: the key, where the proxy can read what the backend says, else who the
 * client is. It is laid when the session has its backend and goes with it. Confined to the session's event loop.
 */
final class CancelTrail {
    private final Listener listener;
    private final Candidate candidate;
    private final Client client;
    private @Nullable CancelKey key;
    private @Nullable SealedSession sealed;
    private boolean over;

    /** None yet. */
    CancelTrail(Listener listener, Candidate candidate, Client client) {
        this.listener = listener;
        this.candidate = candidate;
        this.client = client;
    }

    /**
     * Of a session that is not encrypted.
     *
     * @param said what the backend has said so far, which the client has not been told yet; it stays as it is
     */
    void ofPlaintext(Channel backend, ByteBuf said) {
        KeyWatch watch = new KeyWatch(this::learned);
        if (watch.wantsMoreThan(said)) {
            backend.pipeline().addFirst(watch);
        }
    }

    private void learned(CancelKey found) {
        if (!over) {
            key = found;
            listener.keys().add(found, candidate.address());
        }
    }

    /** Of a session that is encrypted. */
    void ofSealed(LongSupplier clock) {
        SealedSession session = new SealedSession(candidate.address(), clock);
        sealed = session;
        listener.sealed().add(client.source(), session);
    }

    /** One side has said something. */
    void spoke(RelayHandler.Side side) {
        if (sealed != null) {
            sealed.spoke(side);
        }
    }

    /** The session has ended. */
    void end() {
        over = true;
        if (key != null) {
            listener.keys().remove(key, candidate.address());
            key = null;
        }
        if (sealed != null) {
            listener.sealed().remove(client.source(), sealed);
            sealed = null;
        }
    }
}
