package io.pgproxy.core;

import java.util.HashSet;
import java.util.Set;
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

    private final Set<String> nodes = new HashSet<>();
    private final Deadline deadline;
    private Rest rest = Rest.NOT_BEGUN;

    HangUps(Deadline deadline) {
        this.deadline = deadline;
    }

    void add(String node) {
        nodes.add(node);
    }

    /** Those that must not be told the words now. */
    Set<String> nodes() {
        return nodes;
    }

    /** The session has begun to wait; they rest once, if there are any. */
    void rest(Runnable whenOver) {
        if (!nodes.isEmpty() && rest == Rest.NOT_BEGUN) {
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
        nodes.clear();
    }

    /** There is a new table or an answer, and what was is no guide any more. */
    void forget() {
        nodes.clear();
        rest = Rest.NOT_BEGUN;
        deadline.disarm();
    }
}
