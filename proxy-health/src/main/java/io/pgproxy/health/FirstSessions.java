package io.pgproxy.health;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The crossing from the relay threads to control for the two sessions of a failover that count: the first that waits
 * and the first that is answered. All others cost a look at two volatiles each: one that is on its way to control speaks
 * for those of its kind. Two threads that both see none tell the same thing twice. Safe from any thread.
 */
final class FirstSessions {
    private final Executor control;
    private final FailoverWatch watch;
    private volatile boolean tellsOfAWait;
    /** Whose answer is on its way to control. */
    private volatile @Nullable String tellsOfAnAnswerBy;

    FirstSessions(Executor control, FailoverWatch watch) {
        this.control = control;
        this.watch = watch;
    }

    /** A session that wants the primary begins to wait at that monotonic time. */
    void parked(long nanos) {
        if (watch.isOn() && !tellsOfAWait && !watch.knowsWhoWaits()) {
            tellsOfAWait = true;
            tellsOfAnAnswerBy = null; // the answer after this wait is another one
            hand(() -> {
                try {
                    watch.parked(nanos);
                } finally {
                    tellsOfAWait = false; // not before the watch knows: an answer in between would be nobody's
                }
            });
        }
    }

    /** A session that wants the primary has an answer of that node's at that monotonic time. */
    void served(String node, long nanos) {
        if (watch.isOn() && !node.equals(tellsOfAnAnswerBy) && (tellsOfAWait || watch.awaitsAnswer())) {
            tellsOfAnAnswerBy = node;
            hand(() -> {
                tellsOfAnAnswerBy = null;
                watch.served(node, nanos);
            });
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
