package io.pgproxy;

import java.time.Duration;
import java.util.Optional;

/**
 * Something that is to be seen again and again: to miss it for a while is an objection, to miss it once is none. Safe
 * from any thread.
 */
final class Sign {
    private final Duration tolerated;
    private final String objection;
    private volatile long seenNanos;
    private volatile String lastTrouble = "";

    /** @param objection what it means if it is not seen for longer than tolerated */
    Sign(Duration tolerated, String objection, long nowNanos) {
        this.tolerated = tolerated;
        this.objection = objection;
        seenNanos = nowNanos;
    }

    void seen(long nowNanos) {
        seenNanos = nowNanos;
        lastTrouble = "";
    }

    /** It was looked for and not seen, for that reason. */
    void missed(String trouble) {
        lastTrouble = trouble;
    }

    Optional<String> objection(long nowNanos) {
        if (nowNanos - seenNanos <= tolerated.toNanos()) {
            return Optional.empty();
        }
        String text = objection + " for " + tolerated.toSeconds() + " s";
        String trouble = lastTrouble;
        return Optional.of(trouble.isEmpty() ? text : text + ": " + trouble);
    }
}
