package io.pgproxy.core;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections there may be: in all, before their first packet, and waiting. Safe from any thread; a limit may
 * be passed by as many connections as there are loops deciding at one instant.
 */
final class Admission {
    /** Connections beyond the limit that are still told so, politely; any more are closed without a word. */
    private static final int POLITE_REFUSALS = 100;

    private final int maxSessions;
    private final int maxStartups;
    private final int maxParked;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger startups = new AtomicInteger();
    private final AtomicInteger parked = new AtomicInteger();

    Admission(int maxSessions, int maxStartups, int maxParked) {
        this.maxSessions = maxSessions;
        this.maxStartups = maxStartups;
        this.maxParked = maxParked;
    }

    /** What to do with a connection that was just accepted. */
    enum Entry {
        WELCOME,
        TOO_MANY_STARTUPS,
        TOO_MANY_SESSIONS
    }

    /** Counts a new connection; each call is paired with one of {@link #left}, whatever it returned. */
    Entry entered() {
        if (open.incrementAndGet() > maxSessions + POLITE_REFUSALS) {
            return Entry.TOO_MANY_SESSIONS;
        }
        if (startups.incrementAndGet() > maxStartups) {
            startups.decrementAndGet();
            return Entry.TOO_MANY_STARTUPS;
        }
        return Entry.WELCOME;
    }

    void left() {
        open.decrementAndGet();
    }

    /** A welcome connection has said what it wants, or left. */
    void startupEnded() {
        startups.decrementAndGet();
    }

    /** Whether there are more connections than sessions are allowed, the asking one included. */
    boolean isFull() {
        return open.get() > maxSessions;
    }

    /** Counts a session that is going to wait, unless there are too many; paired with {@link #unparked} if true. */
    boolean mayPark() {
        if (parked.incrementAndGet() > maxParked) {
            parked.decrementAndGet();
            return false;
        }
        return true;
    }

    void unparked() {
        parked.decrementAndGet();
    }

    int maxSessions() {
        return maxSessions;
    }

    int maxStartups() {
        return maxStartups;
    }

    int maxParked() {
        return maxParked;
    }

    int open() {
        return open.get();
    }

    int startups() {
        return startups.get();
    }

    int parked() {
        return parked.get();
    }
}
