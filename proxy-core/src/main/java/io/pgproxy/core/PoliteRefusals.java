package io.pgproxy.core;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Refused clients that are being heard out. To be told in PostgreSQL's own way a client must be heard out first, which
 * costs a descriptor for as long as it likes to talk, up to some seconds. A flood gets this for so many at a time, of
 * whom one source can't be all, and is closed at once beyond. Safe from any thread.
 */
final class PoliteRefusals {
    static final int MAX = 100;
    static final int MAX_OF_ONE_SOURCE = 10;

    private final Places places = new Places(MAX);
    private final Map<Source, Integer> bySource = new ConcurrentHashMap<>();

    /** Takes a place if there is one for that source; paired with {@link #giveBack} if true. */
    boolean take(Source source) {
        if (!places.take()) {
            return false;
        }
        boolean fits = bySource.merge(source, 1, Integer::sum) <= MAX_OF_ONE_SOURCE;
        if (!fits) {
            giveBack(source);
        }
        return fits;
    }

    void giveBack(Source source) {
        bySource.computeIfPresent(source, (same, count) -> count == 1 ? null : count - 1);
        places.giveBack();
    }

    /** How many the source has that has the most. */
    int ofTheFullestSource() {
        return bySource.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    int used() {
        return places.used();
    }

    int max() {
        return places.max();
    }
}
