package io.pgproxy.core;

import io.pgproxy.config.SessionsConfig;

/**
 * How many of each there may be in the whole program. Safe from any thread.
 *
 * @param connections of clients, whatever they are at; their limit is {@code descriptors}
 * @param startups connections that have not told what they want
 * @param sessions connections that have, from their first whole packet to their end
 * @param parked sessions that wait for a backend
 * @param cancels cancel requests under way
 * @param refusals clients that are told politely why they cannot stay
 * @param disappointments of them those that have waited for a backend in vain; in {@code refusals} are all others
 * @param descriptors sockets of all of these, on both sides
 */
record Admission(
        Places connections,
        Places startups,
        Places sessions,
        Places parked,
        Places cancels,
        PoliteRefusals refusals,
        Places disappointments,
        Places descriptors) {
    /**
     * The configured limits.
     *
     * @param maxSessions and not what the configuration says, which may be more than fit
     * @param descriptors how many sockets there may be; {@link PoliteRefusals#MAX} more come out of the reserve
     */
    static Admission of(SessionsConfig config, int maxSessions, int descriptors) {
        return new Admission(
                new Places(Places.UNLIMITED),
                new Places(config.maxStartups()),
                new Places(maxSessions),
                new Places(config.maxParked()),
                new Places(config.maxCancels()),
                new PoliteRefusals(),
                new Places(Math.max(PoliteRefusals.MAX, config.maxParked())),
                new Places(descriptors));
    }

    /** Counts an accepted connection; each call is paired with one of {@link #left}. */
    void entered() {
        connections.force();
        descriptors.force();
    }

    void left() {
        descriptors.giveBack();
        connections.giveBack();
    }

    /** Whether the reserve would have to help out for the connections that there are. */
    boolean isOutOfDescriptors() {
        return descriptors.used() > descriptors.max();
    }

    /** Whether the reserve has helped out as far as it may. */
    boolean isOutOfReserve() {
        return descriptors.used() > descriptors.max() + PoliteRefusals.MAX;
    }
}
