package io.pgproxy.core;

import java.util.concurrent.TimeUnit;

/**
 * The backends that were told one session's words under the current table and ended the connection without one of
 * their own. That may be their answer, as it is an older PostgreSQL's answer to a TLS handshake; but a server that is
 * being stopped does so too, and where it is started anew at once no check need have seen that it was away. So they
 * rest, long enough for some checks and for a restart, are told once more, and then no more. Confined to the session's
 * event loop.
 */
final class HangUps {
    static final long REST_NANOS = TimeUnit.SECONDS.toNanos(3);

    private enum Rest {
        NOT_BEGUN,
        LASTS,
        OVER
    }

    private final Setbacks setbacks = new Setbacks();
    private final Deadline deadline;
    private Rest rest = Rest.NOT_BEGUN;

    HangUps(Deadline deadline) {
        this.deadline = deadline;
    }

    void add(Attempt ended, String reason) {
        setbacks.add(ended, reason);
    }

    /** Those that must not be told the words now. */
    Setbacks setbacks() {
        return setbacks;
    }

    /** The session has begun to wait; they rest once, if there are any. */
    void rest(Runnable whenOver) {
        if (!setbacks.areNone() && rest == Rest.NOT_BEGUN) {
            rest = Rest.LASTS;
            deadline.in(REST_NANOS, () -> {
                rest = Rest.OVER;
                whenOver.run();
            });
        }
    }

    /** Whether a hang-up is the last word from here on. */
    boolean haveRested() {
        return rest == Rest.OVER;
    }

    /** They may be told once more. */
    void forgive() {
        setbacks.forget();
    }

    /** There is a new table or an answer, and what was is no guide any more. */
    void forget() {
        setbacks.forget();
        rest = Rest.NOT_BEGUN;
        deadline.disarm();
    }
}
