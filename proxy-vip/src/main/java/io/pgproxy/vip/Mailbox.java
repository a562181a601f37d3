package io.pgproxy.vip;

import io.pgproxy.vip.machine.Event;
import java.util.Optional;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has happened and was not handled yet. An event is lost if far too many come; but an order to stop never is, and
 * that somebody spoke who has the address is at least known. Safe from any thread.
 */
final class Mailbox {
    private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);
    /** More than can come in a second; what is beyond is as good as lost on the way, which the protocol bears. */
    static final int MAX_EVENTS = 10_000;

    private final BlockingDeque<Event> events = new LinkedBlockingDeque<>(MAX_EVENTS);
    private final AtomicBoolean conflictLost = new AtomicBoolean();
    private final AtomicReference<Event.@Nullable Stop> stop = new AtomicReference<>();

    void put(Event event) {
        boolean conflict = event instanceof Event.ConflictSeen;
        // Silence lasts until somebody speaks, and not until all that came before has been handled.
        boolean taken = conflict ? events.offerFirst(event) : events.offer(event);
        if (!taken) {
            conflictLost.compareAndSet(false, conflict);
            LOG.warn(
                    "the vip thread does not keep up: {} is lost",
                    event.getClass().getSimpleName());
        }
    }

    /** What anybody on the network can say as often as he likes, so that its loss is not worth a line. */
    void putIfThereIsRoom(Event event) {
        events.offer(event);
    }

    void stop(Event.Stop order) {
        stop.set(order);
        events.offer(new Event.Woken()); // a thread that has nothing to do looks at once
    }

    /** The order to stop, once. */
    Optional<Event> orderToStop() {
        return Optional.ofNullable(stop.getAndSet(null));
    }

    /** What comes next; waits for it for so long. */
    Optional<Event> next(long waitNanos) throws InterruptedException {
        return Optional.ofNullable(waitNanos > 0 ? events.poll(waitNanos, TimeUnit.NANOSECONDS) : events.poll());
    }

    /** The next word of somebody who has the address, if that is what comes next. */
    Optional<Event> nextConflict() {
        Event first = events.peekFirst();
        // Nobody else takes anything out, and what comes before it meanwhile is another conflict.
        return first instanceof Event.ConflictSeen ? Optional.ofNullable(events.pollFirst()) : Optional.empty();
    }

    /** Whether somebody who has the address spoke and there was no room for it, since this was asked last. */
    boolean hasLostConflict() {
        return conflictLost.getAndSet(false);
    }
}
