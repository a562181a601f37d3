package io.pgproxy.config;

import java.util.Map;
import java.util.OptionalInt;

/**
 * Which of the nodes that could serve a listener's reads may, and who does when none can. Of use to the routes replica,
 * sync, async and any; {@link #NONE} for the others. Immutable.
 *
 * @param maxLag how far a replica may be behind and still get new sessions
 * @param requiredTags Patroni's tags that a node must have, each with that value
 * @param refusedTags Patroni's tags that keep a node out, each with that value
 * @param fallback who serves reads while nobody of the route can
 * @param fallbackMaxSessions sessions at once that fell back to the primary, 1 to 1,000,000; empty for no limit
 */
public record ReadsConfig(
        MaxLag maxLag,
        Map<String, String> requiredTags,
        Map<String, String> refusedTags,
        Fallback fallback,
        OptionalInt fallbackMaxSessions) {
    /** No condition, and nobody to fall back to. */
    public static final ReadsConfig NONE =
            new ReadsConfig(MaxLag.NONE, Map.of(), Map.of(), Fallback.NONE, OptionalInt.empty());

    public ReadsConfig {
        requiredTags = Map.copyOf(requiredTags);
        refusedTags = Map.copyOf(refusedTags);
    }

    /** Who serves reads while nobody of the route can. */
    public enum Fallback {
        NONE,
        PRIMARY
    }

    /** The same, with that fallback. */
    public ReadsConfig withFallback(Fallback other) {
        return new ReadsConfig(maxLag, requiredTags, refusedTags, other, fallbackMaxSessions);
    }

    /** The same, with that limit on lag. */
    public ReadsConfig withMaxLag(MaxLag other) {
        return new ReadsConfig(other, requiredTags, refusedTags, fallback, fallbackMaxSessions);
    }
}
