package io.pgproxy;

import io.pgproxy.config.ListenerConfig;
import io.pgproxy.core.CurrentRoutes;
import io.pgproxy.core.ListenerRoute;
import io.pgproxy.core.RoutingTable;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Whether clients that write would find a node here: one that answered lately, not one that is only remembered. A
 * control loop that hangs remembers only. A leader that is held back, since a switchover is announced, is in sight: on no
 * other instance would clients be better off. Safe from any thread.
 */
final class WritesInSight {
    /** Of a candidate that is verified; any other is gone by from memory, for as long as {@code stale-after}. */
    private static final int VERIFIED = 0;
    /** A loop that turns does so in milliseconds. */
    private static final long HANGING_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final List<String> listeners;
    private final CurrentRoutes routes;
    private final Supplier<CompletionStage<Void>> controlTurns;
    private final LongSupplier clock;
    private final AtomicBoolean owed = new AtomicBoolean();
    private volatile long askedNanos;

    /**
     * @param controlTurns completes once the loop that publishes the routes has turned; may be asked on any thread
     * @param clock monotonic, in nanoseconds
     */
    WritesInSight(
            List<ListenerConfig> listeners,
            CurrentRoutes routes,
            Supplier<CompletionStage<Void>> controlTurns,
            LongSupplier clock) {
        this.listeners = listeners.stream()
                .filter(listener -> isForWrites(listener.route()))
                .map(ListenerConfig::name)
                .toList();
        this.routes = routes;
        this.controlTurns = controlTurns;
        this.clock = clock;
    }

    private static boolean isForWrites(ListenerConfig.Route route) {
        return switch (route) {
            case PRIMARY, LEADER -> true;
            case REPLICA, SYNC, ASYNC, ANY -> false;
        };
    }

    /** Whether any listener needs one; if not, none is ever in sight. */
    boolean isNeeded() {
        return !listeners.isEmpty();
    }

    /** Whether each of those listeners has one. To be asked several times a second, since the loop is asked each time. */
    boolean isSeen() {
        RoutingTable table = routes.current();
        return isNeeded() && !isOutOfDate() && listeners.stream().allMatch(listener -> hasVerified(table, listener));
    }

    /** Whether the loop has left a question open for so long that what it published is only remembered. */
    private boolean isOutOfDate() {
        long nowNanos = clock.getAsLong();
        if (owed.compareAndSet(false, true)) {
            askedNanos = nowNanos;
            try {
                controlTurns.get().thenRun(() -> owed.set(false));
            } catch (RejectedExecutionException e) {
                // A loop that was shut down never answers, and so is taken for one that hangs.
            }
        }
        return owed.get() && nowNanos - askedNanos > HANGING_NANOS;
    }

    private static boolean hasVerified(RoutingTable table, String listener) {
        ListenerRoute route = table.route(listener);
        return Stream.concat(route.candidates().stream(), route.heldBack().stream())
                .anyMatch(candidate -> candidate.tier() == VERIFIED);
    }
}
