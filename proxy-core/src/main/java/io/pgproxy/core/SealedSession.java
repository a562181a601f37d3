package io.pgproxy.core;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * A session that its client has encrypted, so that nobody but its ends knows its key. When its client has waited for an
 * answer for a while, it draws encrypted connections of the same client, since one may bring a cancel. {@link #spoke}
 * is called on its event loop, the rest from any thread.
 */
final class SealedSession {
    /** Nobody cancels sooner, and most queries have their answer by then, so that they draw nothing. */
    static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /**
     * In one wait. A client may try several ways of encryption in turn; but a pool whose queries are long must not have
     * all its new sessions on one node.
     */
    static final int MAX_DRAWN = 3;

    private final InetSocketAddress backend;
    private final LongSupplier clock;
    private final AtomicInteger drawn = new AtomicInteger();
    private volatile long waitingSinceNanos;
    private volatile boolean waiting;

    /** @param clock monotonic nanoseconds */
    SealedSession(InetSocketAddress backend, LongSupplier clock) {
        this.backend = backend;
        this.clock = clock;
    }

    InetSocketAddress backend() {
        return backend;
    }

    /** One of the two has said something. Written only when it changes who waits, since others look at it. */
    void spoke(RelayHandler.Side side) {
        boolean now = side == RelayHandler.Side.CLIENT;
        if (waiting != now) {
            if (now) {
                drawn.set(0);
                waitingSinceNanos = clock.getAsLong();
            }
            waiting = now;
        }
    }

    /** Whether the next encrypted connection of its client belongs to its backend. */
    boolean draws(long nowNanos) {
        return waiting && nowNanos - waitingSinceNanos >= PATIENCE_NANOS && drawn.get() < MAX_DRAWN;
    }

    /** It has drawn one. */
    void drew() {
        drawn.incrementAndGet();
    }
}
