package io.pgproxy.core;

import io.pgproxy.config.ListenerConfig;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many sessions of one listener may be on each node, and may have fallen back. Safe from any thread. */
final class NodePlaces {
    private final int maxOnOne;
    private final Map<String, Places> nodes = new ConcurrentHashMap<>();
    private final Places fallback;

    NodePlaces(ListenerConfig config) {
        this.maxOnOne = config.rules().maxSessionsPerNode().orElse(Places.UNLIMITED);
        this.fallback = new Places(config.reads().fallbackMaxSessions().orElse(Places.UNLIMITED));
    }

    /** Whether a session may still go there. */
    boolean hasRoom(Candidate candidate) {
        return !on(candidate.node()).isFull() && !(candidate.role() == Role.FALLBACK && fallback.isFull());
    }

    /** Takes a place if there is one; paired with {@link #giveBack} if true. */
    boolean take(Candidate candidate) {
        if (!on(candidate.node()).take()) {
            return false;
        }
        if (candidate.role() == Role.FALLBACK && !fallback.take()) {
            on(candidate.node()).giveBack();
            return false;
        }
        return true;
    }

    void giveBack(Candidate candidate) {
        on(candidate.node()).giveBack();
        if (candidate.role() == Role.FALLBACK) {
            fallback.giveBack();
        }
    }

    /** Why nobody had room, of the candidates that there were; the limit that stopped the last resort comes first. */
    Refused allFull(List<Candidate> candidates) {
        boolean anyNodeIsFull = candidates.stream().anyMatch(this::isFull);
        boolean fallbackIsStopped = fallback.isFull()
                && candidates.stream().anyMatch(candidate -> candidate.role() == Role.FALLBACK && !isFull(candidate));
        if (fallbackIsStopped) {
            return new Refused(
                    CloseReason.FALLBACK_LIMIT,
                    fallback.max() + " sessions have fallen back to the primary already, and "
                            + (anyNodeIsFull
                                    ? "every replica has " + maxOnOne + " sessions of this listener"
                                    : "no replica can be had"));
        }
        return new Refused(
                CloseReason.NODE_SESSION_LIMIT, "every node has " + maxOnOne + " sessions of this listener already");
    }

    private boolean isFull(Candidate candidate) {
        return on(candidate.node()).isFull();
    }

    /** On the node that has the most of them. */
    int onTheFullest() {
        return nodes.values().stream().mapToInt(Places::used).max().orElse(0);
    }

    Places fallback() {
        return fallback;
    }

    private Places on(String node) {
        return nodes.computeIfAbsent(node, name -> new Places(maxOnOne));
    }
}
