package io.pgproxy.core;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one loop that have not told yet what they want, in the order of their coming, and whose turn it is
 * to make room. Confined to the loop.
 *
 * <p>Who has had time enough to speak goes first, the oldest before all others and whoever owns it: an honest client
 * speaks as soon as it is connected. So nobody can hold the places with silence, from however many addresses. While all
 * are young, the source that has the most of them gives up its oldest: one that floods makes room for itself and for
 * the others. The newcomer's own source has no part in it, or one that comes often would pay for those that are silent.
 */
final class UnfinishedStartups {
    /** A startup packet comes one round trip after the accept, or some more where segments were lost. */
    static final long TIME_TO_SPEAK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Map<Opening, Arrival> all = new LinkedHashMap<>();
    private final Map<Source, Set<Opening>> bySource = new HashMap<>();
    /** The sources by how many they have, the largest first; as large ones in the order in which they became so. */
    private final Map<Integer, Set<Source>> bySize = new TreeMap<>(Comparator.reverseOrder());

    private record Arrival(Source source, long nanos) {}

    void add(Opening opening, Source source, long nowNanos) {
        all.put(opening, new Arrival(source, nowNanos));
        Set<Opening> siblings = bySource.computeIfAbsent(source, first -> new LinkedHashSet<>());
        siblings.add(opening);
        resize(source, siblings.size() - 1, siblings.size());
    }

    void remove(Opening opening) {
        Arrival arrival = all.remove(opening);
        if (arrival != null) {
            Source source = arrival.source();
            Set<Opening> siblings = of(source);
            siblings.remove(opening);
            resize(source, siblings.size() + 1, siblings.size());
            if (siblings.isEmpty()) {
                bySource.remove(source);
            }
        }
    }

    private void resize(Source source, int before, int now) {
        Set<Source> asLarge = bySize.get(before);
        if (asLarge != null && asLarge.remove(source) && asLarge.isEmpty()) {
            bySize.remove(before);
        }
        if (now > 0) {
            bySize.computeIfAbsent(now, first -> new LinkedHashSet<>()).add(source);
        }
    }

    /** Ends one of them for a newcomer; false if there is none. */
    boolean makeRoom(long nowNanos) {
        Opening victim = victim(nowNanos);
        if (victim == null) {
            return false;
        }
        victim.end(CloseReason.STARTUP_LIMIT, "made room for a newer connection");
        return true;
    }

    private @Nullable Opening victim(long nowNanos) {
        if (all.isEmpty()) {
            return null;
        }
        var oldest = all.entrySet().iterator().next();
        boolean hadItsTime = nowNanos - oldest.getValue().nanos() > TIME_TO_SPEAK_NANOS;
        return hadItsTime ? oldest.getKey() : oldestOfTheLargest();
    }

    private Opening oldestOfTheLargest() {
        Source largest = bySize.values().iterator().next().iterator().next();
        return of(largest).iterator().next();
    }

    private Set<Opening> of(Source source) {
        Set<Opening> found = bySource.get(source);
        return found != null ? found : new LinkedHashSet<>();
    }

    int size() {
        return all.size();
    }
}
