package io.pgproxy.config;

import java.time.Duration;
import java.util.Optional;

/**
 * When and how a holder hands the virtual address over without being forced to. Immutable.
 *
 * @param handoverDrain how long at most the sessions that came by the address may go on before it goes, 0s to 1h; nobody
 *     new is let in by it meanwhile, and a stop waits for it before the other sessions are drained
 * @param handoverAfter how long no primary was in sight, while another member sees one, before the holder hands over, 1s
 *     to 1h; empty: never for that reason
 * @param priority 1 to 255; with {@code preempt} the highest among those that are fit is to have the address
 * @param preempt how long this instance is fit before it asks a holder of lower priority for the address, 1s to 1h;
 *     empty: never, whoever holds it keeps it
 */
public record HandoverConfig(
        Duration handoverDrain, Optional<Duration> handoverAfter, int priority, Optional<Duration> preempt) {
    /** What applies where the file says nothing. */
    public static final HandoverConfig DEFAULTS =
            new HandoverConfig(Duration.ZERO, Optional.of(Duration.ofSeconds(10)), 100, Optional.empty());
}
