package io.pgproxy.core;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The one place where the routing table changes hands: one writer, and readers that do one volatile read a new
 * connection. {@link #current} is safe from any thread; {@link #publish} belongs to the control thread.
 */
public final class CurrentRoutes {
    private final List<Consumer<RoutingTable>> subscribers = new CopyOnWriteArrayList<>();
    private volatile RoutingTable current;

    public CurrentRoutes(long nowNanos) {
        current = RoutingTable.nothingKnown(nowNanos);
    }

    /** The newest table. */
    public RoutingTable current() {
        return current;
    }

    /**
     * Makes a table visible, then tells the subscribers, on the calling thread. In this order: who registers itself
     * somewhere and then reads {@link #current} either sees this table or is there to be found by the subscriber.
     */
    public void publish(RoutingTable table) {
        if (table.version() <= current.version()) {
            throw new IllegalArgumentException(
                    "routing table " + table.version() + " is not newer than " + current.version());
        }
        current = table;
        for (Consumer<RoutingTable> subscriber : subscribers) {
            subscriber.accept(table);
        }
    }

    /** Calls the subscriber, which must not block, after each later {@link #publish}. */
    public void subscribe(Consumer<RoutingTable> subscriber) {
        subscribers.add(subscriber);
    }
}
