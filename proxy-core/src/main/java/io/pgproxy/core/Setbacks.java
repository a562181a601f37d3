package io.pgproxy.core;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The backends that did not work out for one session in its present round of tries, for one kind of reason, which is
 * kept with them: what the client is told must be the cause of its own refusal. Confined to the session's event loop.
 */
final class Setbacks {
    private final Set<String> nodes = new HashSet<>();
    private String reason = "";

    void add(Attempt ended, String why) {
        nodes.add(ended.candidate().node());
        reason = why;
    }

    boolean have(Candidate candidate) {
        return nodes.contains(candidate.node());
    }

    boolean haveAll(List<Candidate> candidates) {
        return candidates.stream().allMatch(this::have);
    }

    boolean areNone() {
        return nodes.isEmpty();
    }

    /** The newest reason of this round or, before anything has come of it, of the last one; empty if there was none. */
    String reason() {
        return reason;
    }

    /** All may be tried again. */
    void beginRound() {
        if (nodes.isEmpty()) {
            reason = "";
        }
        nodes.clear();
    }

    void forget() {
        nodes.clear();
        reason = "";
    }
}
