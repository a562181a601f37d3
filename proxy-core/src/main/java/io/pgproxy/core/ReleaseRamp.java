package io.pgproxy.core;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.pgproxy.config.ListenerConfig;
import io.pgproxy.config.PgproxyConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets the parked sessions of one loop look for a backend again, a few at a time, so that a fresh primary sees a ramp
 * and not a wall: a {@link Ramp} for each listener, and the timers that make its steps. Confined to the loop.
 */
final class ReleaseRamp {
    private static final long STEP_MILLIS = 10;
    private static final double STEPS_A_SECOND = 1_000.0 / STEP_MILLIS;
    /** Until parked sessions try candidates again that all failed, while no new table says that anything changed. */
    private static final long RETRY_MILLIS = 100;

    private final EventLoop eventLoop;
    private final CurrentRoutes routes;
    private final double perStep;
    private final Map<String, Ramp> ramps = new HashMap<>();
    private @Nullable ScheduledFuture<?> nextStep;
    private @Nullable ScheduledFuture<?> nextRetry;

    /**
     * Ramps that are flat.
     *
     * @param loops how many loops there are, each of which has a part of the rate
     */
    ReleaseRamp(EventLoop eventLoop, PgproxyConfig config, CurrentRoutes routes, int loops) {
        this.eventLoop = eventLoop;
        this.routes = routes;
        this.perStep = config.sessions().releaseRate().isEmpty()
                ? Double.POSITIVE_INFINITY
                : config.sessions().releaseRate().getAsInt() / STEPS_A_SECOND / loops;
        config.listeners().stream().map(ListenerConfig::name).forEach(this::of);
    }

    private Ramp of(String listener) {
        return ramps.computeIfAbsent(listener, name -> new Ramp(perStep));
    }

    WaitingQueue queue(Listener listener) {
        return of(listener.name()).queue();
    }

    /** Whether a newcomer of that listener may go at once, which then counts; or has to queue up. */
    boolean takesNewcomer(Listener listener) {
        return of(listener.name()).takesNewcomer();
    }

    /** A new table is there. */
    void onTable(RoutingTable table) {
        ramps.forEach((listener, ramp) -> ramp.onTable(table.route(listener)));
        letGo();
    }

    /** Lets those who have tried everything try again in a while, although the table stays as it is. */
    void retryLater() {
        if (nextRetry == null) {
            nextRetry = eventLoop.schedule(this::retry, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void retry() {
        nextRetry = null;
        ramps.values().forEach(ramp -> ramp.queue().retry());
        letGo();
    }

    private void step() {
        nextStep = null;
        ramps.values().forEach(Ramp::step);
        letGo();
    }

    /** Lets the next few look, and comes again while there are more of them, or may be. */
    private void letGo() {
        RoutingTable table = routes.current();
        boolean more = false;
        for (var entry : ramps.entrySet()) {
            more |= entry.getValue()
                    .letGo(!table.route(entry.getKey()).candidates().isEmpty());
        }
        if (more && nextStep == null) {
            nextStep = eventLoop.schedule(this::step, STEP_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
