package io.pgproxy.config;

import java.time.Duration;

/**
 * How Patroni is asked and how its silence is judged. Immutable.
 *
 * @param interval between two checks of a node while all is well
 * @param fastInterval between two checks while a route has nobody to go to or the primary is in doubt
 * @param timeout for one check, from the start of the connect to the last byte of the body
 * @param rise how many good answers in a row make a node eligible, 1 or more
 * @param fall how many checks in a row without a verdict make a node silent, 1 or more
 * @param staleAfter how long a node's last good answer keeps attracting new sessions once the node is silent
 */
public record HealthConfig(
        Duration interval, Duration fastInterval, Duration timeout, int rise, int fall, Duration staleAfter) {}
