package io.pgproxy.core;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one loop that have not told yet what they want, in the order of their coming, and whose turn it is
 * to make room. Confined to the loop.
 *
 * <p>Plainly the oldest would let one source that opens connections without a word push everybody else's out before
 * they could speak. So the newcomer's source is held against that of the oldest, and the one that has more of them
 * gives up its own oldest: a source that floods makes room for itself and for the others.
 */
final class UnfinishedStartups {
    private final Map<Opening, Source> all = new LinkedHashMap<>();
    private final Map<Source, Set<Opening>> bySource = new HashMap<>();

    void add(Opening opening, Source source) {
        all.put(opening, source);
        bySource.computeIfAbsent(source, first -> new LinkedHashSet<>()).add(opening);
    }

    void remove(Opening opening) {
        Source source = all.remove(opening);
        if (source != null) {
            Set<Opening> others = of(source);
            others.remove(opening);
            if (others.isEmpty()) {
                bySource.remove(source);
            }
        }
    }

    /** Ends one of them for a newcomer of that source; false if there is none. */
    boolean makeRoom(Source newcomer) {
        Opening victim = victim(newcomer);
        if (victim == null) {
            return false;
        }
        victim.end(CloseReason.STARTUP_LIMIT, "made room for a newer connection");
        return true;
    }

    private @Nullable Opening victim(Source newcomer) {
        if (all.isEmpty()) {
            return null;
        }
        Map.Entry<Opening, Source> oldest = all.entrySet().iterator().next();
        Set<Opening> own = of(newcomer);
        return own.size() > of(oldest.getValue()).size() ? own.iterator().next() : oldestOf(oldest.getValue());
    }

    private Opening oldestOf(Source source) {
        return of(source).iterator().next();
    }

    private Set<Opening> of(Source source) {
        Set<Opening> found = bySource.get(source);
        return found != null ? found : new LinkedHashSet<>();
    }

    int size() {
        return all.size();
    }
}
