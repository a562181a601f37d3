package io.pgproxy.config;

import java.time.Duration;

/**
 * How Patroni is asked and how its silence is judged. Immutable.
 *
 * @param interval between two checks of a node while all is well, 100ms to 1m
 * @param fastInterval between two checks while a route has nobody to go to or the primary is in doubt, 10ms to
 *     {@code interval}
 * @param timeout for one check, from the start of the connect to the last byte of the body, 50ms to 1m
 * @param rise how many good answers in a row make a node eligible, 1 to 100
 * @param fall how many checks in a row without a verdict make a node silent, 1 to 100
 * @param staleAfter how long a node's last good answer keeps attracting new sessions once the node is silent; at least
 *     {@code interval} and {@code timeout} together, at most 1h
 */
public record HealthConfig(
        Duration interval, Duration fastInterval, Duration timeout, int rise, int fall, Duration staleAfter) {
    /** What applies where the file says nothing. */
    public static final HealthConfig DEFAULTS = new HealthConfig(
            Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ofSeconds(2), 1, 3, Duration.ofSeconds(10));
}
