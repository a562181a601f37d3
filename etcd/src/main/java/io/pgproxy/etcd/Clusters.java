package io.pgproxy.etcd;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which cluster of etcd each member says it is of. One that is of another than the others, by a slip in the
 * configuration, would have a key of its own and with it a second holder, so what it says does not count. What it said
 * stays known while it is down: two members that are cut off must not make the third one right. Confined to the event
 * loop.
 */
final class Clusters {
    /** A proxy of etcd's in between may say nothing. */
    private static final long UNSAID = 0;

    private final Map<String, Long> said = new LinkedHashMap<>();

    /** @param members in the order of the configuration */
    Clusters(List<String> members) {
        members.forEach(member -> said.put(member, UNSAID));
    }

    /** Why the answer of that member does not count; empty if it does. */
    Optional<String> objection(String member, long cluster) {
        if (cluster == UNSAID) {
            return Optional.empty();
        }
        said.put(member, cluster);
        long chosen = chosen();
        return cluster == chosen
                ? Optional.empty()
                : Optional.of("it is of another cluster of etcd, " + Long.toHexString(cluster) + ", than the others, "
                        + Long.toHexString(chosen));
    }

    /** The one that most members are of, and of two with equally many that of the member named first. */
    private long chosen() {
        Map<Long, Integer> members = new LinkedHashMap<>();
        said.values().stream().filter(cluster -> cluster != UNSAID).forEach(c -> members.merge(c, 1, Integer::sum));
        long best = UNSAID;
        for (Long cluster : members.keySet()) {
            if (members.getOrDefault(cluster, 0) > members.getOrDefault(best, 0)) {
                best = cluster;
            }
        }
        return best;
    }
}
