package io.pgproxy.vip.machine;

/**
 * How a member is, as it says of itself with every {@link PeerMessage.Hello}.
 *
 * @param ready whether it would claim the address at once if nobody had it
 * @param seesPrimary whether a primary is in sight there
 * @param asks whether it asks the holder for the address
 * @param priority 1 to 255; who asks is heard only by a holder of lower priority
 */
public record Condition(boolean ready, boolean seesPrimary, boolean asks, int priority) {
    public static final int MIN_PRIORITY = 1;
    public static final int MAX_PRIORITY = 255;

    public Condition {
        if (priority < MIN_PRIORITY || priority > MAX_PRIORITY) {
            throw new IllegalArgumentException("no priority: " + priority);
        }
    }

    /** Whether clients that write would be served there. */
    boolean offersPrimary() {
        return ready && seesPrimary;
    }
}
