package io.pgproxy.config;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What becomes of a listener's sessions when their node is no longer what they came for. Of use to routes that serve
 * reads; {@link #DEFAULTS} for the others. Immutable.
 *
 * <p>Two reasons allow one policy only, which is therefore not kept here: sessions end with the lead of their node
 * ({@code on-demotion: close}), and silence ends none ({@code on-unknown: keep}).
 *
 * @param onPromotion for sessions that came to a replica which is the primary now
 * @param onLag for sessions on a replica that is beyond {@code max-lag}; never {@link Policy#CLOSE}
 * @param drainFor how long sessions may go on where they are drained, 1s to 24h; empty for as long as they like
 * @param fallbackReturn how many sessions a second leave the primary once replicas are back, 1 to 100,000; empty for
 *     none
 */
public record PoliciesConfig(
        Policy onPromotion, Policy onLag, Optional<Duration> drainFor, OptionalInt fallbackReturn) {
    /** What applies where the file says nothing. */
    public static final PoliciesConfig DEFAULTS =
            new PoliciesConfig(Policy.CLOSE, Policy.DRAIN, Optional.empty(), OptionalInt.empty());

    /** What becomes of sessions; none of the three lets new ones come. */
    public enum Policy {
        /** They end at once. */
        CLOSE,
        /** They may finish, for {@code drain-for} at most. */
        DRAIN,
        /** They stay. */
        KEEP
    }
}
