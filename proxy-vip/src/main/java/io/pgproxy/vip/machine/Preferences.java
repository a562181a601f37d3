package io.pgproxy.vip.machine;

import java.util.OptionalLong;

/**
 * Which of those that may have the address is to have it (rules 14 and 15). All lengths are in nanoseconds.
 *
 * @param handoverAfterNanos how long no primary is in sight here, while another sees one, before the address is left to
 *     it; empty: never
 * @param priority 1 to 255
 * @param preemptNanos how long this instance is fit before it asks a holder of lower priority for the address; empty:
 *     never
 * @param drainNanos how long the sessions that came by the address may go on when another has asked for it
 */
public record Preferences(OptionalLong handoverAfterNanos, int priority, OptionalLong preemptNanos, long drainNanos) {
    /** Whoever has it keeps it. */
    public static final Preferences NONE = new Preferences(OptionalLong.empty(), 100, OptionalLong.empty(), 0);
}
