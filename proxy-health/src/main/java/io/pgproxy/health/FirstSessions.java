package io.pgproxy.health;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The crossing from the relay threads to control for the two sessions of a failover that count: the first that waits
 * and the first that is answered. All others cost a look at two volatiles each. Safe from any thread.
 */
final class FirstSessions {
    private final Executor control;
    private final FailoverWatch watch;
    /** Whether one waits that no answered one has followed; two threads that both set it tell the same thing twice. */
    private volatile boolean parked;

    FirstSessions(Executor control, FailoverWatch watch) {
        this.control = control;
        this.watch = watch;
    }

    /** A session that wants the primary begins to wait at that monotonic time. */
    void parked(long nanos) {
        if (!parked) {
            parked = true;
            hand(() -> watch.parked(nanos));
        }
    }

    /** A session that wants the primary has an answer of that node's at that monotonic time. */
    void served(String node, long nanos) {
        if (parked || watch.awaitsClient()) {
            parked = false;
            hand(() -> watch.served(node, nanos));
        }
    }

    private void hand(Runnable news) {
        try {
            control.execute(news);
        } catch (RejectedExecutionException e) {
            // health is closed before the last sessions end, and nobody takes the time any more
        }
    }
}
