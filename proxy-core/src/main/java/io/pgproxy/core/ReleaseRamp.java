package io.pgproxy.core;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets the parked sessions of one loop look for a backend again, a few at a time, so that a fresh primary sees a ramp
 * and not a wall. Confined to the loop.
 */
final class ReleaseRamp {
    /** All loops together release a thousand sessions a second. */
    private static final int RELEASES_PER_STEP = 10;

    private static final long STEP_MILLIS = 10;
    /** Until parked sessions try candidates again that all failed, while no new table says that anything changed. */
    private static final long RETRY_MILLIS = 100;
    /** A ramp that lasts gets steeper by its first step's height every half second: newcomers cannot fill it. */
    private static final int STEPS_TO_DOUBLE = 50;

    private final EventLoop eventLoop;
    private final CurrentRoutes routes;
    private final int releasesPerStep;
    private final Map<String, WaitingQueue> queues = new HashMap<>();
    private @Nullable ScheduledFuture<?> nextStep;
    private @Nullable ScheduledFuture<?> nextRetry;
    private int steps;

    /**
     * A ramp that is flat.
     *
     * @param loops how many loops there are, each of which has a ramp of its own
     */
    ReleaseRamp(EventLoop eventLoop, CurrentRoutes routes, int loops) {
        this.eventLoop = eventLoop;
        this.routes = routes;
        this.releasesPerStep = (RELEASES_PER_STEP + loops - 1) / loops;
    }

    WaitingQueue queue(Listener listener) {
        return queues.computeIfAbsent(listener.name(), name -> new WaitingQueue());
    }

    /** A new table is there: everybody has reason to look again. */
    void onTable() {
        queues.values().forEach(WaitingQueue::onTable);
        step();
    }

    /** Lets those who have tried everything try again in a while, although the table stays as it is. */
    void retryLater() {
        if (nextRetry == null) {
            nextRetry = eventLoop.schedule(this::retry, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void retry() {
        nextRetry = null;
        queues.values().forEach(WaitingQueue::retry);
        if (nextStep == null) {
            step();
        }
    }

    /** Lets the next few look, and comes again while there are more of them. */
    private void step() {
        cancelNextStep();
        RoutingTable table = routes.current();
        boolean more = false;
        for (var entry : queues.entrySet()) {
            WaitingQueue queue = entry.getValue();
            if (!table.route(entry.getKey()).candidates().isEmpty()) {
                queue.release(releasesPerStep * (1 + steps / STEPS_TO_DOUBLE));
                more |= queue.hasMore();
            }
        }
        steps = more ? steps + 1 : 0;
        if (more) {
            nextStep = eventLoop.schedule(this::step, STEP_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void cancelNextStep() {
        if (nextStep != null) {
            nextStep.cancel(false);
            nextStep = null;
        }
    }
}
