package io.pgproxy.core;

import java.util.concurrent.atomic.AtomicInteger;

/** A limited number of places; what is taken is given back by whoever took it. Safe from any thread. */
final class Places {
    static final int UNLIMITED = Integer.MAX_VALUE;

    private final int max;
    private final AtomicInteger used = new AtomicInteger();

    Places(int max) {
        this.max = max;
    }

    /** Takes a place if there is one left. */
    boolean take() {
        return take(1);
    }

    /** Takes all of them or none; never more than there are, however many threads ask at once. */
    boolean take(int count) {
        int now;
        do {
            now = used.get();
            if (count > max - now) {
                return false;
            }
        } while (!used.compareAndSet(now, now + count));
        return true;
    }

    /** Takes a place even where there is none left; somebody else is about to make room. */
    void force() {
        used.incrementAndGet();
    }

    void giveBack() {
        giveBack(1);
    }

    void giveBack(int count) {
        used.addAndGet(-count);
    }

    boolean isFull() {
        return used.get() >= max;
    }

    int used() {
        return used.get();
    }

    int max() {
        return max;
    }
}
