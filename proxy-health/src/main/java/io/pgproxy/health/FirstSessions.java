package io.pgproxy.health;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The crossing from the relay threads to control for the two sessions of a failover that count: the first that waits
 * and the first that is answered. All others cost a look at two volatiles each, but for
 * those that come before control has taken its turn. Safe from any thread.
 */
final class FirstSessions {
    private final Executor control;
    private final FailoverWatch watch;
    /** Whether one is on its way to control; two threads that both see none tell the same thing twice. */
    private volatile boolean telling;

    FirstSessions(Executor control, FailoverWatch watch) {
        this.control = control;
        this.watch = watch;
    }

    /** A session that wants the primary begins to wait at that monotonic time. */
    void parked(long nanos) {
        if (watch.isOn() && !telling && !watch.knowsWhoWaits()) {
            hand(() -> watch.parked(nanos));
        }
    }

    /** A session that wants the primary has an answer of that node's at that monotonic time. */
    void served(String node, long nanos) {
        if (watch.isOn() && (telling || watch.knowsWhoWaits())) {
            hand(() -> watch.served(node, nanos));
        }
    }

    private void hand(Runnable news) {
        telling = true;
        try {
            control.execute(() -> {
                telling = false;
                news.run();
            });
        } catch (RejectedExecutionException e) {
            // health is closed before the last sessions end, and nobody takes the time any more
        }
    }
}
