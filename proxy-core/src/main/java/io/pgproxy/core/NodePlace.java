package io.pgproxy.core;

/**
 * One session's place on a node, from the pick on, so that a burst spreads. Given back once, however often it is asked.
 * Confined to the session's event loop.
 */
final class NodePlace {
    private final Candidate candidate;
    private final Listener listener;
    private final NodeLoad load;
    private boolean taken = true;

    private NodePlace(Candidate candidate, Listener listener, NodeLoad load) {
        this.candidate = candidate;
        this.listener = listener;
        this.load = load;
    }

    /** Takes a place that was taken of {@link Listener#nodes} into one's care. */
    static NodePlace of(Candidate candidate, Listener listener, NodeLoad load) {
        load.add(candidate.node());
        return new NodePlace(candidate, listener, load);
    }

    Candidate candidate() {
        return candidate;
    }

    void giveBack() {
        if (taken) {
            taken = false;
            load.remove(candidate.node());
            listener.nodes().giveBack(candidate);
        }
    }
}
